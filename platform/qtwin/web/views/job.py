"""One job, and what a person does to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from backends.errors import BackendError
from qtwin.jobs.anchors import job_anchors
from qtwin.jobs.comparison import replay_report
from qtwin.jobs.feed import latest_event_id
from qtwin.jobs.models import Job, State
from qtwin.jobs.provenance import job_versions
from qtwin.jobs.selectors import (
    jobs_approvable_by,
    jobs_read_by,
    jobs_reused_by,
    jobs_visible_to,
    jobs_writable_by,
    measurements_of_job,
    raws_of_job,
)
from qtwin.jobs.services import NotConfirmed, NotPossible
from qtwin.jobs.services.approve import OwnJob
from qtwin.jobs.side_by_side import other_runs
from qtwin.jobs.waiting import job_waiting
from qtwin.web.bill import bill
from qtwin.web.commands import job_commands
from qtwin.web.cursor import neighbours
from qtwin.web.filters import JobFilter
from qtwin.web.gantt import job_gantt
from qtwin.web.job_actions import VERBS, actions_of, job_act
from qtwin.web.shots import Shots, shots_of
from qtwin.web.timeline import timeline

MEASUREMENTS_SHOWN = 200
RAWS_SHOWN = 5


@login_required
@require_safe
def job_page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    return _page(request, job_id)


def _page(
    request: HttpRequest, job_id: UUID, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The job as it stands; ``problem`` is why what was asked for was not done."""
    user: Any = request.user
    after = latest_event_id()
    job = get_object_or_404(jobs_visible_to(user), pk=job_id)
    measurements = measurements_of_job(job).order_by("row", "observable")
    waiting = job_waiting(job, backlog=True)
    wanted = JobFilter.from_query(request.GET, user)
    newer, older = neighbours(wanted.apply(jobs_read_by(user)), job, order=wanted.order)
    events, attempts, raws = list(job.events.all()), list(job.attempts.all()), raws_of_job(job)
    context = {
        "after": after,
        "job": job,
        "problem": problem,
        "revision": job.source_revision,
        "reason_code": waiting.code,
        "reason": waiting.sentence,
        "next_step": waiting.next_step,
        "estimate": waiting.estimate if waiting.until or job.state != State.HOLD else "",
        "timeline": timeline(job, events),
        "gantt": job_gantt(job, events, attempts, list(job.submissions.all())),
        "attempts": attempts,
        "filter": wanted,
        "newer": newer,
        "older": older,
        "others": other_runs(job, jobs_read_by(user)),
        "raws": raws[:RAWS_SHOWN],
        "more_raws": max(0, raws.count() - RAWS_SHOWN),
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
        "shots": shots_of(job, request.GET),
        "commands": job_commands(request, job),
    }
    return render(request, "jobs/page.html", context, status=status)


@login_required
@require_safe
def job_circuit(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The circuit of one point as OpenQASM 3."""
    shots = _shots(request, job_id)
    return _file(job_id, "qasm", shots.openqasm if shots else "")


@login_required
@require_safe
def job_counts(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Every outcome of one circuit of one point, as CSV."""
    shots = _shots(request, job_id)
    return _file(job_id, "csv", shots.csv if shots else "")


def _shots(request: HttpRequest, job_id: UUID) -> Shots | None:
    user: Any = request.user
    return shots_of(get_object_or_404(jobs_visible_to(user), pk=job_id), request.GET)


def _file(job_id: UUID, ending: str, text: str) -> HttpResponse:
    """A text to be kept as a file; nothing is not found."""
    if not text:
        raise Http404
    kind = "text/csv" if ending == "csv" else "text/plain"
    said = f'attachment; filename="{job_id}.{ending}"'
    return HttpResponse(
        text, content_type=f"{kind}; charset=utf-8", headers={"Content-Disposition": said}
    )


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
