"""What one copies into a terminal. The token is a variable of the shell, never printed."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from qtwin.jobs.models import Job
from qtwin.projects.models import Observable, Project


def job_command(request: HttpRequest, job: Job) -> str:
    """Submits the same job again."""
    body: dict[str, Any] = {
        "source": job.source_revision.source.name,
        "points": job.points,
        "observables": job.observables,
        "seed": job.seed,
    }
    if job.shots:
        body["shots"] = job.shots
    if job.knobs:
        columns = [list(column) for column in zip(*job.knob_values, strict=True)]
        body["knobs"] = {
            name: column[0] if len(set(column)) == 1 else column
            for name, column in zip(job.knobs, columns, strict=True)
        }
    return _curl(request, f"projects/{job.project_id}/jobs", body)


def predict_command(request: HttpRequest, project: Project, observable: Observable) -> str:
    """Asks the twin for a number."""
    point = [round((c.lower + c.upper) / 2, 6) for c in project.controls.all()]
    body = {"observable": observable.name, "points": [point]}
    return _curl(request, f"projects/{project.pk}/twin:predict", body)


def _curl(request: HttpRequest, path: str, body: dict[str, Any]) -> str:
    address = request.build_absolute_uri(f"/api/v1/{path}")
    quoted = json.dumps(body).replace("'", "'\\''")
    return (
        f"curl -X POST {address} \\\n"
        '  -H "Authorization: Bearer $QTWIN_TOKEN" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d '{quoted}'"
    )
