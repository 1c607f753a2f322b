"""Measurements and jobs as rows of a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project
from qtwin.rest.table import Column, Kind, Table

COUNTED = (
    *("points_done", "points_total", "points_failed", "points_reused", "shots", "seed"),
    *("attempt", "priority", "estimated_cost"),
)
TIMES = ("created_at", "started_at", "finished_at")


def measurement_table(
    project: Project, rows: QuerySet[Measurement], *, name: str = "measurements"
) -> Table:
    """One row per number; each control of the project is a column of its own."""
    head = [
        _column("id", "text", lambda row: row.pk),
        _column("source", "text", lambda row: row.source_revision.source.name),
        _column("revision", "count", lambda row: row.source_revision.number),
        _column("observable", "text", lambda row: row.observable.name),
    ]
    tail = [
        *(_column(field, "number", _field(field)) for field in ("value", "std", "mixed_value")),
        _column("truncation", "number", _field("truncation")),
        _column("unit", "text", _field("unit")),
        _column("shots", "count", _field("shots")),
        _column("knobs", "text", lambda row: json.dumps(row.knobs, sort_keys=True)),
        _column("shot_group", "text", _field("shot_group")),
        _column("epoch", "text", _field("epoch")),
        _column("valid", "truth", lambda row: row.valid is not False),
        _column("job", "text", lambda row: row.job_id),
        _column("dataset", "text", lambda row: row.dataset_id),
        _column("measured_at", "moment", _field("measured_at")),
        _column("created_at", "moment", _field("created_at")),
    ]
    taken = {column.name for column in [*head, *tail]}
    controls = [
        _column(f"control.{one}" if one in taken else one, "number", _control(position))
        for position, one in enumerate(project.controls.values_list("name", flat=True))
    ]
    return Table(name=name, columns=[*head, *controls, *tail], rows=rows)


def job_table(rows: QuerySet[Job]) -> Table:
    """One row per job; costs are in micro-USD, at most."""
    columns = [
        _column("id", "text", lambda row: row.pk),
        _column("project", "text", lambda row: row.project_id),
        _column("project_name", "text", lambda row: row.project.name),
        _column("source", "text", lambda row: row.source_revision.source.name),
        _column("revision", "count", lambda row: row.source_revision.number),
        _column("method", "text", lambda row: row.source_revision.method),
        _column("backend", "text", lambda row: row.source_revision.backend),
        _column("state", "text", _field("shown_state")),
        *(_column(field, "text", _field(field)) for field in ("reason_code", "reason")),
        *(_column(field, "count", _field(field)) for field in COUNTED),
        *(_column(field, "text", _field(f"{field}_id")) for field in ("retry_of", "replay_of")),
        *(_column(field, "moment", _field(field)) for field in TIMES),
    ]
    return Table(name="jobs", columns=columns, rows=rows.defer("points", "knob_values"))


def _column(name: str, kind: Kind, read: Callable[[Any], Any]) -> Column:
    return Column(name=name, kind=kind, read=read)


def _field(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, name)


def _control(position: int) -> Callable[[Any], Any]:
    return lambda row: row.point[position]
