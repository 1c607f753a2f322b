"""Schedules, as a part of the page of campaigns: made, paused, started again, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from rest_framework.exceptions import APIException

from qtwin.campaigns.api.schedule import schedule_from
from qtwin.campaigns.models import Schedule
from qtwin.campaigns.selectors import schedules_writable_by
from qtwin.campaigns.services import schedule_remove, schedule_set
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_writable_by
from qtwin.rest.problem import errors_of
from qtwin.web.schedules import ScheduleForm
from qtwin.web.views.campaign import campaigns_page


@login_required
@require_POST
def schedule_create_action(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Make one; the page comes back with what is wrong where it cannot be made."""
    user: Any = request.user
    project = get_object_or_404(projects_writable_by(user), pk=project_id)
    form = ScheduleForm(project=project, typed=request.POST)
    try:
        schedule_from(form.body(), project=project, by=user, may_spend=True)
    except APIException as error:
        form.errors.extend(errors_of(error))
    if form.errors:
        return campaigns_page(request, project, form=form, status=400)
    return _back(project)


@login_required
@require_POST
def schedule_action(request: HttpRequest, schedule_id: UUID, verb: str) -> HttpResponse:
    """Pause, start or remove."""
    user: Any = request.user
    schedule: Schedule = get_object_or_404(schedules_writable_by(user), pk=schedule_id)
    match verb:
        case "stop" | "start":
            schedule_set(schedule=schedule, active=verb == "start", by=user, may_spend=True)
        case "remove":
            schedule_remove(schedule=schedule, by=user)
        case _:
            raise Http404
    return _back(schedule.project)


def _back(project: Project) -> HttpResponse:
    return redirect(f"{reverse('web:campaigns')}?project={project.pk}#schedules-title")
