"""The campaign page's table of entries × sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from qtwin.campaigns.models import Campaign, Entry, Run
from qtwin.campaigns.selectors import entries_of
from qtwin.jobs.models import Job
from qtwin.projects.models import Control
from qtwin.web.gantt import Gantt, Lane, gantt, run_spans
from qtwin.web.numbers import significant
from qtwin.web.templatetags.dashboard import STATUS_OF

ROWS = 50
LANES = 60
"""Jobs of which the times are drawn."""


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


def table_rows(campaign: Campaign, heads: Mapping[str, str], after: str) -> tuple[list[Row], str]:
    """A page of the table and the cursor of the next one, which is empty at the end."""
    start = int(after) if after.isdecimal() and len(after) < 10 else -1
    found = list(entries_of(campaign).filter(number__gt=start)[: ROWS + 1])
    controls = list(campaign.project.controls.all())
    rows = [_row(entry, heads, controls) for entry in found[:ROWS]]
    return rows, str(found[ROWS - 1].number) if len(found) > ROWS else ""


def campaign_gantt(rows: Sequence[Row], jobs: Mapping[UUID, Job]) -> Gantt | None:
    """The jobs of these rows on one axis, in the order of the table."""
    cells = [(row.number, cell) for row in rows for cell in row.cells if cell is not None]
    lanes = [
        _lane(number, cell, jobs[cell.job])
        for number, cell in cells
        if cell.job is not None and cell.job in jobs
    ]
    return gantt(lanes)


def _lane(number: int, cell: Cell, job: Job) -> Lane:
    return Lane(
        label=f"{number}: {cell.column}",
        spans=run_spans(job, ended=cell.state),
        link=reverse("web:job", args=[job.pk]),
        state=STATUS_OF.get(cell.state, cell.state),
    )


def jobs_of(rows: Sequence[Row]) -> dict[UUID, Job]:
    """The jobs of these rows, by id, without what may be long."""
    ids = [cell.job for row in rows for cell in row.cells if cell is not None and cell.job]
    return Job.objects.defer("points", "knob_values").in_bulk(ids[:LANES])


def column_heads(campaign: Campaign) -> dict[str, str]:
    """Each column by the label of its source: ``VQE, ideal simulator (shots 500)``."""
    labels = dict(campaign.project.sources.values_list("name", "label"))
    parts = {column: column.partition(" (") for column in campaign.columns}
    return {
        column: labels.get(name, name) + between + options
        for column, (name, between, options) in parts.items()
    }


def _row(entry: Entry, heads: Mapping[str, str], controls: Sequence[Control]) -> Row:
    runs = {run.column: run for run in entry.runs.all()}
    return Row(
        number=entry.number + 1,
        step=entry.step.name,
        points=len(entry.points),
        where=", ".join(
            _range([point[index] for point in entry.points]) for index in range(len(controls))
        ),
        cells=[_cell(runs[key], head) if key in runs else None for key, head in heads.items()],
    )


def _range(values: Sequence[float]) -> str:
    low, high = significant(min(values), 4), significant(max(values), 4)
    return low if low == high else f"{low} – {high}"


def _cell(run: Run, head: str) -> Cell:
    under_way = run.points_measured and not run.has_ended
    partly = run.points_failed and run.points_measured
    count = f"{run.points_measured}/{run.points_total}" if under_way or partly else ""
    return Cell(
        column=head,
        state=run.state,
        progress=count,
        reason=run.reason,
        job=run.job_id,
        retried=run.retried,
    )
