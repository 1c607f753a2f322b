"""What two to six jobs were made with, row by row, and which rows are not the same in all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qtwin.jobs.models import Job
from qtwin.jobs.provenance import job_versions
from qtwin.jobs.side_by_side import Reading, Row
from qtwin.web.bill import bill
from qtwin.web.durations import between
from qtwin.web.numbers import grouped, sigmas, uncertain
from qtwin.web.templatetags.dashboard import plainly

LEAST, MOST = 2, 6
SHOWN = 300
"""Rows of numbers on the page; all of them are in its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row; ``cells`` are in the order of the jobs, empty where there is nothing."""

    name: str
    cells: Sequence[str]
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    name: str
    facts: Sequence[Fact]


def groups(jobs: Sequence[Job]) -> list[Group]:
    """All that is compared but the numbers."""
    return [
        Group(name=name, facts=_rows([read(job) for job in jobs], judged=judged))
        for name, read, judged in GROUPS
    ]


def _rows(columns: Sequence[Mapping[str, str]], *, judged: bool) -> list[Fact]:
    names = dict.fromkeys(name for column in columns for name in column)
    rows = []
    for name in names:
        cells = [column.get(name, "") for column in columns]
        if any(cells):
            rows.append(Fact(name=name, cells=cells, differs=judged and len(set(cells)) > 1))
    return rows


def _source(job: Job) -> dict[str, str]:
    revision = job.source_revision
    settings = {name: plainly(value) for name, value in sorted(revision.settings.items())}
    return {
        "Source": revision.source.label,
        "Role": revision.source.get_role_display(),
        "Revision": str(revision.number),
        "Method": revision.method,
        "Backend": revision.backend,
        **{f"{name.replace('_', ' ').capitalize()}": value for name, value in settings.items()},
    }


def _asked(job: Job) -> dict[str, str]:
    knobs = {
        name.replace("_", " ").capitalize(): ", ".join(
            dict.fromkeys(f"{row[column]:g}" for row in job.knob_values)
        )
        for column, name in enumerate(job.knobs)
    }
    return {
        "Project": job.project.name,
        "Points": grouped(job.points_total),
        "Observables": ", ".join(job.observables),
        "Shots": grouped(job.shots) if job.shots else "",
        "Seed": str(job.seed),
        **knobs,
        "Question": f"{job.spec_hash[:12]}…" if job.spec_hash else "",
    }


def _made_with(job: Job) -> dict[str, str]:
    runs = job.runs.values_list("calibration_id", flat=True)
    calibrations = ", ".join(sorted({one for one in runs if one}))
    return {"Calibration": calibrations, **job_versions(job)}


def _took(job: Job) -> dict[str, str]:
    found = bill(job)
    return {
        "Waited": between(job.created_at, job.started_at),
        "Took": between(job.started_at, job.finished_at),
        "Attempts": str(job.attempt),
        "May cost": found.most,
        "Charged": found.charged,
    }


def _came_to(job: Job) -> dict[str, str]:
    return {
        "Points with an answer": grouped(job.points_done - job.points_failed),
        "Without an answer": grouped(job.points_failed),
        "Known before": grouped(job.points_reused),
        "Reason": job.reason,
    }


GROUPS: Sequence[tuple[str, Callable[[Job], dict[str, str]], bool]] = (
    ("Source and settings", _source, True),
    ("Asked for", _asked, True),
    ("Made with", _made_with, True),
    ("Came to", _came_to, True),
    ("Time and cost", _took, False),
)
"""Name, how a job's column is read, and whether a difference is worth a mark."""

VERDICTS = {"identical": "identical", "within_error": "agrees", "different": "differs"}
STATUS = {"identical": "succeeded", "agrees": "succeeded", "differs": "failed"}


def cell(reading: Reading | None) -> dict[str, Any] | None:
    """A number as the table shows it."""
    if reading is None:
        return None
    row = reading.measurement
    word = VERDICTS.get(reading.verdict or "", "")
    apart = "" if reading.sigmas is None or reading.same else sigmas(reading.sigmas, signed=True)
    return {
        "value": uncertain(row.value, row.std),
        "word": "same shots" if reading.same else word,
        "status": "queued" if reading.same else STATUS.get(word, ""),
        "sigmas": apart,
        "invalid": getattr(row, "valid", None) is False,
    }


def drawn(jobs: Sequence[Job], rows: Sequence[Row], observable: str) -> dict[str, Any]:
    """What the chart of one observable shows, along the first control that varies."""
    shown = [row for row in rows if row.observable == observable]
    names = list(shown[0].controls) if shown else []
    varying = [name for name in names if len({row.controls.get(name) for row in shown}) > 1]
    along = next(iter([*varying, *names]), "")
    controls = {one.name: one for job in jobs for one in job.project.controls.all()}
    observables = {one.name: one for job in jobs for one in job.project.observables.all()}
    control, what = controls.get(along), observables.get(observable)
    return {
        "control": {"label": control.label, "unit": control.unit} if control else None,
        "observable": {"label": what.label, "unit": what.unit} if what else None,
        "jobs": [
            {
                "id": str(job.pk),
                "label": f"{place + 1}: {job.source_revision.source.label}",
                "points": [
                    [row.controls.get(along), reading.measurement.value, reading.measurement.std]
                    for row in shown
                    if (reading := row.readings[place]) is not None
                ],
            }
            for place, job in enumerate(jobs)
        ],
    }
