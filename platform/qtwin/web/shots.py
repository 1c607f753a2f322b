"""What a job ran at one of its points, for its page: the circuit, and how often what was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

from backends.methods.told import openqasm
from qtwin.drawing.circuit.figure import circuit_figure
from qtwin.drawing.circuit.operation import operations
from qtwin.drawing.histogram import ORDERS, histogram
from qtwin.drawing.settings import amount
from qtwin.jobs.models import Job, Run
from qtwin.jobs.raws import Raw, TooLarge, raw_of_row, run_of_row
from qtwin.projects.storage import Corrupt
from qtwin.rest import cells
from qtwin.web.circuits import MOMENT, Circuit, title_of
from qtwin.web.drawings import Drawn

TOPS = (8, 16, 32, 64)
MOST_RECORDS = 200
MOST_SHOTS = 10**15
MOST_POINTS = 500
"""That the form lists; further ones by their number in the address."""
LABELS = ("gain", "part", "instance", "flipped", "training", "places")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Counts of one circuit that was measured.

    Attributes:
        note: What was left out of them, or nothing.
    """

    label: str
    counts: dict[str, int]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Shots:
    """One point of a job, with what the viewer chose."""

    job: Job
    query: QueryDict
    row: int
    run: Run

    @cached_property
    def raw(self) -> Raw:
        """What is kept of it; empty where it cannot be shown."""
        try:
            return raw_of_row(self.run, self.row)
        except (TooLarge, Corrupt, OSError):
            return {}

    @cached_property
    def problem(self) -> str:
        """Why there is nothing to show although something was kept."""
        try:
            raw_of_row(self.run, self.row)
        except TooLarge as error:
            return f"What was kept is too large to be shown here: {error}. The raw data has it."
        except (Corrupt, OSError):
            return "The file with what was kept is lost or damaged."
        return ""

    @cached_property
    def records(self) -> list[Record]:
        return records(self.raw)[:MOST_RECORDS]

    @property
    def chosen(self) -> int:
        """Number of the record that is shown."""
        return min(_whole(self.query, "record"), max(0, len(self.records) - 1))

    @property
    def order(self) -> str:
        order = self.query.get("order", "")
        return order if order in ORDERS else ORDERS[0]

    @property
    def top(self) -> int:
        top = _whole(self.query, "top")
        return top if top in TOPS else TOPS[1]

    @cached_property
    def record(self) -> Record | None:
        return self.records[self.chosen] if self.records else None

    @cached_property
    def histogram(self) -> Drawn | None:
        if self.record is None:
            return None
        title = f"Counts, {self.record.label}" if self.record.label else "Counts"
        figure = histogram(self.record.counts, top=self.top, order=self.order, title=title)
        return Drawn(figure)

    @property
    def shots(self) -> int:
        return 0 if self.record is None else sum(self.record.counts.values())

    @cached_property
    def circuit(self) -> Circuit | None:
        """The circuit as the method wrote it."""
        told = self.raw.get("circuit")
        if not isinstance(told, Mapping):
            return None
        drawn = [*operations(told["gates"], self.raw.get("angles", ()))]
        figure = circuit_figure(
            drawn, told["qubits"], title=title_of(told), first=_whole(self.query, MOMENT)
        )
        return Circuit(figure=figure, more=told.get("more", 0), here=self.here, anchor="shots")

    @property
    def csv(self) -> str:
        """Every outcome with its count and shot noise; empty without counts."""
        if self.record is None:
            return ""
        sheet = histogram(self.record.counts, top=self.top).sheets[0]
        return b"".join(map(cells.line, [sheet.head, *sheet.rows])).decode()

    @property
    def openqasm(self) -> str:
        """The circuit as text; empty without one, or where not all of it is kept."""
        told = self.raw.get("circuit")
        if not isinstance(told, Mapping) or told.get("more"):
            return ""
        return openqasm(told["qubits"], told["gates"], self.raw.get("angles", ()))

    @property
    def points(self) -> list[tuple[int, str]]:
        """Points that were run here, as the form lists them."""
        rows = sorted({r for run in self.job.runs.all() for r in range(run.start, run.stop)})
        controls = [(one.label, one.unit) for one in self.job.project.controls.all()]
        listed = sorted({*rows[:MOST_POINTS], self.row})
        return [(row, _place(self.job.points[row], controls)) for row in listed]

    @property
    def here(self) -> str:
        """The choice without the moments, as a query."""
        chosen = {"point": self.row, "record": self.chosen, "order": self.order, "top": self.top}
        return "&".join(f"{name}={value}" for name, value in chosen.items())

    @property
    def tops(self) -> tuple[int, ...]:
        return TOPS


def shots_of(job: Job, query: QueryDict) -> Shots | None:
    """The point that the query asks for, or the first one that was run; None without any."""
    row = _whole(query, "point")
    run = run_of_row(job, row) if "point" in query else None
    if run is None:
        run = job.runs.select_related("raw").first()
        row = 0 if run is None else run.start
    if run is None:
        return None
    found = Shots(job=job, query=query, row=row, run=run)
    return found if found.records or found.circuit or found.problem else None


def records(raw: Raw) -> list[Record]:
    """Counts of each circuit of a point, from what backends and mitigation keep of it."""
    found = []
    if _counts(raw):
        lost = {name: raw.get(name, 0) for name in ("missing", "failed")}
        said = [f"{count} with an atom missing" for count in [lost["missing"]] if count]
        said += [f"{count} that failed" for count in [lost["failed"]] if count]
        note = f"Left out: shots {' and '.join(said)}." if said else ""
        found.append(Record(label="", counts=raw["counts"], note=note))
    for name in ("groups", "circuits", "calibration"):
        kept = raw.get(name)
        found += [
            Record(label=_label(one, name), counts=one["counts"])
            for one in (kept if isinstance(kept, list) else [])
            if _counts(one)
        ]
    for state, excited in enumerate(raw.get("excited", ()), 1):
        found += [
            Record(label=f"state {state}, {one.label}", counts=one.counts, note=one.note)
            for one in records(excited)
        ]
    return found


def _counts(record: Any) -> bool:
    """Whether it holds counts of outcomes."""
    counts = record.get("counts") if isinstance(record, Mapping) else None
    return isinstance(counts, Mapping) and all(
        type(n) is int and 0 < n <= MOST_SHOTS for n in counts.values()
    )


def _label(record: Mapping[str, Any], kind: str) -> str:
    basis = str(record.get("basis", ""))
    parts = [f"basis {basis}" if basis else kind]
    parts += [f"{name} {record[name]}" for name in LABELS if name in record]
    return ", ".join(["calibration", *parts] if kind == "calibration" else parts)


def _place(point: list[float], controls: list[tuple[str, str]]) -> str:
    """A point in words: ``Bond length 1.4 Å``."""
    said = (
        f"{label} {amount(value, unit)}"
        for value, (label, unit) in zip(point, controls, strict=True)
    )
    return ", ".join(said) or "the only one"


def _whole(query: QueryDict, name: str) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0
