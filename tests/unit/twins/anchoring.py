"""Runs with anchors, as a backend's details leave them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.jobs.models import Run
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_put


def run_with(project: Project, source: str, by: User, details: dict[str, Any]) -> Run:
    """A run of one point of a source."""
    spec = JobSpec(source=project.sources.get(name=source), points=[[0.7]], shots=100)
    now = timezone.now()
    return Run.objects.create(
        job=job_submit(project=project, spec=spec, by=by),
        attempt=1,
        start=0,
        stop=1,
        backend="fake-ibm",
        shots=100,
        cache_version=1,
        details=details,
        raw=artifact_put(project=project, kind="job-result", data=b"{}"),
        started_at=now,
        finished_at=now,
    )


def said(value: Any, std_error: Any, verdict: str = "") -> dict[str, Any]:
    """Of the energy."""
    damping = {"value": value, "std_error": std_error, "anchors": 3, "scatter": 1.0}
    found: dict[str, Any] = {"damping": {"energy": damping}}
    return found | ({"verdicts": {"energy": verdict}} if verdict else {})
