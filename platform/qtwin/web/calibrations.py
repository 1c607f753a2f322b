"""What a team has seen of its devices' errors, as lines of a page, and how far devices moved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from django.db.models import Count, F, Max

from backends.device_drift import Ran, drift
from backends.schema import CalibrationSnapshot
from qtwin.accounts.models import Team
from qtwin.jobs.calibrations import calibrations_of
from qtwin.jobs.models import Calibration
from qtwin.web.numbers import significant

SHOWN = 20
FIGURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device with calibrations that the team has seen."""

    backend: str
    name: str
    count: int
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One calibration; None is what it does not say.

    Attributes:
        facts: Medians, each as a few words.
        moved: Since the one before, by which part a damped value has changed.
        away: The same, until the newest.
    """

    row: Calibration
    facts: list[str]
    moved: str | None
    away: str | None


def devices(team: Team) -> list[Device]:
    """By backend and name."""
    rows = calibrations_of(team).values("backend", "device")
    found = rows.annotate(count=Count("pk"), last=Max("calibrated_at"))
    return [
        Device(backend=row["backend"], name=row["device"], count=row["count"], last=row["last"])
        for row in found.order_by("backend", "device")
    ]


def lines(team: Team, backend: str, device: str, ran: Ran) -> list[Line]:
    """The latest calibrations of a device, the newest first.

    Args:
        ran: The circuit whose value is reckoned with.
    """
    rows = calibrations_of(team).filter(backend=backend, device=device)
    newest = F("calibrated_at").desc(nulls_last=True)
    latest = list(rows.order_by(newest, "-pk")[: SHOWN + 1])
    said = [CalibrationSnapshot.from_dict(row.document) for row in latest]
    moved = [_change(before, after, ran) for after, before in pairwise(said)]
    if len(moved) < len(said):
        moved.append(None)  # nothing came before the first
    return [
        Line(row=row, facts=_facts(one), moved=change, away=_change(one, said[0], ran))
        for row, one, change in zip(latest[:SHOWN], said, moved, strict=False)
    ]


def _change(then: CalibrationSnapshot, now: CalibrationSnapshot, ran: Ran) -> str | None:
    """In percent; None where the device has no gates of which it says an error."""
    if not (then.gates and now.gates) or then is now:
        return None
    return _percent(drift(then, now, ran))


def _facts(said: CalibrationSnapshot) -> list[str]:
    """Medians of the whole device; of one without gates how many numbers it tells."""
    places = said.qubits.values()
    pairs = (gate.error for gate in said.gates if len(gate.qubits) != 1)
    singles = (gate.error for gate in said.gates if len(gate.qubits) == 1)
    reads = (
        (one.reads_1_of_0 + one.reads_0_of_1) / 2
        for one in places
        if one.reads_1_of_0 is not None and one.reads_0_of_1 is not None
    )
    found = [
        _median("pairs", pairs, _percent),
        _median("one qubit", singles, _percent),
        _median("readout", reads, _percent),
        _median("T1", (one.t1_s for one in places if one.t1_s is not None), _microseconds),
    ]
    known = [fact for fact in found if fact]
    count = len(said.facts)
    return known or [f"{count} number{'s' if count != 1 else ''} of the device"]


def _median(name: str, values: Iterable[float], shown: Callable[[float], str]) -> str:
    known = list(values)
    return f"{name} {shown(median(known))}" if known else ""


def _percent(share: float) -> str:
    return f"{significant(100 * share, FIGURES)} %"


def _microseconds(seconds: float) -> str:
    return f"{significant(1e6 * seconds, FIGURES)} µs"
