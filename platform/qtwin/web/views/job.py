"""The list of jobs, one job, and what a person does to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from backends.errors import BackendError
from qtwin.jobs.anchors import job_anchors
from qtwin.jobs.comparison import replay_report
from qtwin.jobs.models import Job, State
from qtwin.jobs.provenance import job_versions
from qtwin.jobs.selectors import (
    jobs_approvable_by,
    jobs_reused_by,
    jobs_visible_to,
    jobs_writable_by,
    measurements_of_job,
)
from qtwin.jobs.services import NotConfirmed, NotPossible
from qtwin.jobs.services.approve import OwnJob
from qtwin.jobs.waiting import job_waiting
from qtwin.web.bill import bill
from qtwin.web.commands import job_command
from qtwin.web.cursor import page_of
from qtwin.web.feed import latest_event_id
from qtwin.web.filters import JobFilter
from qtwin.web.job_actions import VERBS, actions_of, job_act
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
    return _page(request, job_id)


def _page(
    request: HttpRequest, job_id: UUID, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The job as it stands; ``problem`` is why what was asked for was not done."""
    user: Any = request.user
    after = async_to_sync(latest_event_id)()
    job = get_object_or_404(jobs_visible_to(user), pk=job_id)
    measurements = measurements_of_job(job).order_by("row", "observable")
    waiting = job_waiting(job, backlog=True)
    context = {
        "after": after,
        "job": job,
        "problem": problem,
        "revision": job.source_revision,
        "reason_code": waiting.code,
        "reason": waiting.sentence,
        "next_step": waiting.next_step,
        "estimate": waiting.estimate if waiting.until or job.state != State.HOLD else "",
        "timeline": timeline(job, job.events.all()),
        "attempts": job.attempts.all(),
        "failures": _failures(job),
        "several": len(job.observables) > 1,
        "versions": job_versions(job),
        "reused_from": jobs_visible_to(user).filter(pk__in=jobs_reused_by(job)),
        "verdict": _verdict(job),
        "bill": bill(job),
        "anchors": job_anchors(job),
        "controls": list(job.project.controls.all()),
        "measurements": measurements.select_related("calibration")[:MEASUREMENTS_SHOWN],
        "measurement_count": measurements.count(),
        "may": actions_of(job, user),
        "command": job_command(request, job),
    }
    return render(request, "jobs/page.html", context, status=status)


def _verdict(job: Job) -> str:
    """What a replay that has ended came to: ``3 identical, 1 within error``."""
    if job.replay_of_id is None or not job.is_terminal:
        return ""
    counts = replay_report(job)["counts"]
    return ", ".join(f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items())


def _failures(job: Job) -> list[dict[str, Any]]:
    """Points without an answer, with the reason of each."""
    return [
        {"point": job.points[failure.row], "reason": failure.reason}
        for failure in job.failures.all()[:MEASUREMENTS_SHOWN]
    ]


@login_required
@require_POST
def job_action(request: HttpRequest, job_id: UUID, verb: str) -> HttpResponse:
    """Cancel, hold, release, retry or approve; the page that follows says what it came to."""
    user: Any = request.user
    if verb not in VERBS:
        raise Http404
    rows = jobs_approvable_by(user) if verb == "approve" else jobs_writable_by(user)
    job = get_object_or_404(rows, pk=job_id)
    try:
        next_job = job_act(job, verb, by=user, typed=request.POST.get("typed", ""))
    except (NotPossible, NotConfirmed, OwnJob, BackendError) as error:
        return _page(request, job_id, problem=str(error), status=409)
    return redirect("web:job", job_id=next_job.pk)
