"""The campaign page: its table of entries × sources, and its decisions as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from qtwin.campaigns.models import Campaign, Decision, Entry, Run
from qtwin.campaigns.selectors import entries_of
from qtwin.projects.models import Control
from qtwin.web.numbers import significant

ROWS = 50
DECISIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One run: its state, how far it is, and where to look."""

    column: str
    state: str
    progress: str
    reason: str
    job: UUID | None
    retried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    number: int
    step: str
    points: int
    where: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A decision: ``runs`` are ready to print, ``sentences`` say why, run by run."""

    decision: Decision
    runs: list[str]
    sentences: list[str]
    ending: str


def table_rows(campaign: Campaign, after: str) -> tuple[list[Row], str]:
    """A page of the table and the cursor of the next one, which is empty at the end."""
    start = int(after) if after.isdecimal() and len(after) < 10 else -1
    found = list(entries_of(campaign).filter(number__gt=start)[: ROWS + 1])
    controls = list(campaign.project.controls.all())
    rows = [_row(entry, campaign.columns, controls) for entry in found[:ROWS]]
    return rows, str(found[ROWS - 1].number) if len(found) > ROWS else ""


def _row(entry: Entry, columns: Sequence[str], controls: Sequence[Control]) -> Row:
    runs = {run.column: run for run in entry.runs.all()}
    return Row(
        number=entry.number + 1,
        step=entry.step.name,
        points=len(entry.points),
        where=", ".join(
            _range([point[index] for point in entry.points]) for index in range(len(controls))
        ),
        cells=[_cell(runs[column]) if column in runs else None for column in columns],
    )


def _range(values: Sequence[float]) -> str:
    low, high = significant(min(values), 4), significant(max(values), 4)
    return low if low == high else f"{low} – {high}"


def _cell(run: Run) -> Cell:
    under_way = run.points_measured and not run.has_ended
    partly = run.points_failed and run.points_measured
    count = f"{run.points_measured}/{run.points_total}" if under_way or partly else ""
    return Cell(
        column=run.column,
        state=run.state,
        progress=count,
        reason=run.reason,
        job=run.job_id,
        retried=run.retried,
    )


def choices(campaign: Campaign) -> list[Choice]:
    """The latest decisions of its loops, newest first."""
    rows = Decision.objects.filter(step__campaign=campaign).select_related("step")
    return [_choice(decision) for decision in rows.order_by("-id")[:DECISIONS]]


def _choice(decision: Decision) -> Choice:
    steps: list[dict[str, Any]] = decision.plan["steps"]
    notes = decision.plan["notes"]
    return Choice(
        decision=decision,
        runs=_runs(steps),
        sentences=[step["why"] for step in steps],
        ending=str(notes[-1]) if decision.stop and notes else "",
    )


def _runs(steps: Sequence[dict[str, Any]]) -> list[str]:
    """Where each source runs, with how many shots; sources in the order of the plan."""
    places: dict[str, list[str]] = {}
    for step in steps:
        at = ", ".join(significant(value, 4) for value in step["at"])
        place = f"({at})" if len(step["at"]) > 1 else at
        shots = f" ({step['shots']} shots)" if step["shots"] else ""
        places.setdefault(step["source"], []).append(f"{place}{shots}")
    return [f"{source} at {', '.join(at)}" for source, at in places.items()]
