"""The page on which a person asks what a job would take, and submits it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import APIException

from backends.errors import BackendError
from qtwin.jobs.api.refusal import refusal
from qtwin.jobs.api.submit import spec_of
from qtwin.jobs.models import Job
from qtwin.jobs.services import job_estimate, request_submit
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_writable_by
from qtwin.rest.problem import errors_of
from qtwin.web.new_job import JobForm

CHANGED = "It was changed since it was estimated. Look at the estimate, and submit again."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_job(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Estimate what was typed; submit it once it was estimated as it stands."""
    user: Any = request.user
    writable = projects_writable_by(user).select_related("team")
    project = get_object_or_404(writable, pk=project_id)
    form = JobForm(project=project, typed=request.POST or request.GET)
    if request.method != "POST":
        return _page(request, form)
    try:
        job = _taken(form, project, user, wanted=request.POST.get("verb") == "submit")
    except APIException as error:
        form.errors.extend(errors_of(error))
        return _page(request, form, status=error.status_code)
    return _page(request, form) if job is None else redirect("web:job", job.pk)


def _taken(form: JobForm, project: Project, user: Any, *, wanted: bool) -> Job | None:
    """The job, or None with an estimate in the form.

    Raises:
        APIException: What is wrong with what was typed, or why it is refused.
    """
    body = form.body()
    build = spec_of(project, body)
    try:
        if not wanted or form.values.get("seen") != form.digest:
            form.estimate = job_estimate(project=project, spec=build(), by=user)
            if wanted:
                form.errors.append({"pointer": "", "detail": CHANGED})
            return None
        (outcome,) = request_submit(
            project=project,
            specs=[build],
            by=user,
            key=form.request_key,
            body_sha256=form.digest,
        )
        if outcome.job is None:
            raise outcome.error or BackendError("refused")
        return outcome.job
    except BackendError as error:
        raise refusal(error, field="/source") from error


def _page(request: HttpRequest, form: JobForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "project": form.project, "page": "jobs"}
    return render(request, "jobs/new.html", context, status=status)
