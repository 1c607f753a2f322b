"""What a result's measurements say, before anything in the database does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from backends.schema.experiment import FloatArray
from qtwin.accounts.ids import new_id
from qtwin.insert import Each
from qtwin.jobs.covariance import ShotCovariance
from qtwin.jobs.models import Job
from qtwin.jobs.services.run import Trace
from qtwin.projects.models import Observable

PROJECTS = 1024
"""Whose observables a process remembers: they are made with the project, and never change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """One value, or one per row, of each field of `Measurement` by its name.

    Attributes:
        count: Rows: one for each observable of each point that has an answer.
        shares: Whether each shares its shots with others.
    """

    count: int
    values: dict[str, Any]
    shares: Sequence[bool]


def columns(job: Job, *, start: int, trace: Trace, blocks: ShotCovariance) -> Columns:
    """Of a result whose first point is row ``start`` of its job."""
    result, first_rows = trace.result, blocks.first_rows()
    wanted = _observables(job.project_id)
    rows = [row for row in range(len(result.values)) if row not in result.failures]
    cells = [(row, name) for row in rows for name in job.observables]

    def each(table: FloatArray | None) -> Each | None:
        return None if table is None else Each(table[rows].ravel().tolist())

    stds, shots = result.std_errors[rows].ravel().tolist(), result.options.shots
    values = {
        "id": Each([new_id() for _ in cells]),
        "project": job.project_id,
        "job": job.pk,
        "row": Each([start + row for row, _ in cells]),
        "source_revision": job.source_revision_id,
        "observable": Each([wanted[name][0] for _, name in cells]),
        "point": _repeated(job, [_numbers(job.points[start + row]) for row in rows]),
        "knobs": _knobs(job, start, rows),
        "value": each(result.values),
        "std": Each(stds),
        "mixed_value": each(result.mixed_values),
        "truncation": each(result.truncation_errors),
        "unit": Each([wanted[name][1] for _, name in cells]),
        "shots": shots,
        "shot_group": Each(
            [
                f"{job.pk}:{first_rows.get((start + row, name), start + row)}" if std > 0 else ""
                for (row, name), std in zip(cells, stds, strict=True)
            ]
        )
        if shots
        else "",
        "run": trace.run.pk,
        "identity": Each([one for row in rows for one in trace.identities[row]]),
        "draw": Each(
            [trace.draw(row, column) for row in rows for column in range(len(job.observables))]
        )
        if trace.draws
        else "",
        "epoch": result.provenance.calibration_id,
        "measured_at": result.provenance.finished_at,
    }
    shares = [(start + row, name) in first_rows for row, name in cells]
    return Columns(count=len(cells), values=values, shares=shares)


@lru_cache(maxsize=PROJECTS)
def _observables(project_id: UUID) -> dict[str, tuple[int, str]]:
    """Key and unit by name."""
    rows = Observable.objects.filter(project=project_id).values_list("name", "pk", "unit")
    return {name: (pk, unit) for name, pk, unit in rows}


def _numbers(values: Sequence[float]) -> str:
    """JSON of finite numbers, which Python writes alike."""
    return f"[{', '.join(map(repr, values))}]"


def _repeated(job: Job, texts: Sequence[str]) -> Each:
    """JSON of each row, for each of its observables."""
    return Each([text for text in texts for _ in job.observables], written=True)


def _knobs(job: Job, start: int, rows: Sequence[int]) -> Each | dict[str, float]:
    """Each row's, by name."""
    if not job.knobs:
        return {}
    chosen = [tuple(job.knob_values[start + row]) for row in rows]
    texts = {
        values: json.dumps(dict(zip(job.knobs, values, strict=True))) for values in set(chosen)
    }
    return _repeated(job, [texts[values] for values in chosen])
