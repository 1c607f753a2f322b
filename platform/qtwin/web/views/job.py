"""The list of jobs, one job, and its cancellation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.models import Job
from qtwin.jobs.provenance import job_versions
from qtwin.jobs.selectors import (
    jobs_reused_by,
    jobs_visible_to,
    jobs_writable_by,
    measurements_of_job,
)
from qtwin.jobs.services import job_cancel
from qtwin.jobs.waiting import job_waiting
from qtwin.web.commands import job_command
from qtwin.web.cursor import page_of
from qtwin.web.feed import latest_event_id
from qtwin.web.filters import JobFilter
from qtwin.web.timeline import timeline

MEASUREMENTS_SHOWN = 200


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    after = async_to_sync(latest_event_id)()
    wanted = JobFilter.from_query(request.GET, user)
    jobs, following = page_of(wanted.apply(jobs_visible_to(user)), request.GET.get("after", ""))
    context = {"after": after, "filter": wanted, "jobs": jobs, "following": following}
    return render(request, "jobs/list.html", context)


@login_required
@require_safe
def job_page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    user: Any = request.user
    after = async_to_sync(latest_event_id)()
    job = get_object_or_404(jobs_visible_to(user), pk=job_id)
    measurements = measurements_of_job(job).order_by("row", "observable")
    waiting = job_waiting(job, backlog=True)
    context = {
        "after": after,
        "job": job,
        "revision": job.source_revision,
        "reason_code": waiting.code,
        "reason": waiting.sentence,
        "next_step": waiting.next_step,
        "estimate": waiting.estimate,
        "timeline": timeline(job, job.events.all()),
        "attempts": job.attempts.all(),
        "failures": _failures(job),
        "several": len(job.observables) > 1,
        "versions": job_versions(job),
        "reused_from": jobs_reused_by(job),
        "controls": list(job.project.controls.all()),
        "measurements": measurements.select_related("calibration")[:MEASUREMENTS_SHOWN],
        "measurement_count": measurements.count(),
        "may_cancel": not job.is_terminal
        and job.cancel_requested_at is None
        and jobs_writable_by(user).filter(pk=job.pk).exists(),
        "command": job_command(request, job),
    }
    return render(request, "jobs/page.html", context)


def _failures(job: Job) -> list[dict[str, Any]]:
    """Points without an answer, with the reason of each."""
    return [
        {"point": job.points[failure.row], "reason": failure.reason}
        for failure in job.failures.all()[:MEASUREMENTS_SHOWN]
    ]


@login_required
@require_POST
def job_cancel_action(request: HttpRequest, job_id: UUID) -> HttpResponse:
    user: Any = request.user
    job = get_object_or_404(jobs_writable_by(user), pk=job_id)
    job_cancel(job=job, by=user)
    return redirect("web:job", job_id=job.pk)
