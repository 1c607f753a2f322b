"""The list of campaigns, one campaign, and what people do to it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from qtwin.campaigns.progress import progress_of
from qtwin.campaigns.selectors import (
    campaign_retryable,
    campaigns_visible_to,
    campaigns_writable_by,
)
from qtwin.campaigns.services import (
    NothingToRetry,
    campaign_cancel,
    campaign_pause,
    campaign_resume,
    campaign_retry,
)
from qtwin.campaigns.states import State
from qtwin.jobs.feed import latest_event_id
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.web.campaign_costs import campaign_costs
from qtwin.web.campaigns import campaign_gantt, column_heads, jobs_of, table_rows
from qtwin.web.cursor import page_of
from qtwin.web.decisions import aims, choices
from qtwin.web.schedules import ScheduleForm, schedule_lines
from qtwin.web.templatetags.dashboard import STATUS_OF

ACTIONS: dict[str, Callable[..., object]] = {
    "pause": campaign_pause,
    "resume": campaign_resume,
    "retry": campaign_retry,
    "cancel": campaign_cancel,
}


@login_required
@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    return campaigns_page(request, _project(request.user, request.GET.get("project", "")))


def campaigns_page(
    request: HttpRequest,
    project: Project | None,
    *,
    form: ScheduleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Campaigns and schedules of a project, or of all; ``form`` is a schedule that was refused."""
    user: Any = request.user
    after = latest_event_id()
    rows = campaigns_visible_to(user)
    may_write = False
    if project is not None:
        rows = rows.filter(project=project)
        may_write = projects_writable_by(user).filter(pk=project.pk).exists()
    page, following = page_of(rows, request.GET.get("after", ""))
    context = {
        "after": after,
        "project": project,
        "filtered": f"project={project.pk}" if project else "",
        "campaigns": [{"row": campaign, **progress_of(campaign)} for campaign in page],
        "following": following,
        "schedules": schedule_lines(user, project),
        "form": form or (ScheduleForm(project=project) if project and may_write else None),
    }
    return render(request, "campaigns/list.html", context, status=status)


def _project(user: Any, text: str) -> Any:
    try:
        return projects_visible_to(user).filter(pk=UUID(text)).first()
    except ValueError:
        return None


@login_required
@require_safe
def campaign_page(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    user: Any = request.user
    after = latest_event_id()
    campaign = get_object_or_404(campaigns_visible_to(user), pk=campaign_id)
    heads = column_heads(campaign)
    rows, following = table_rows(campaign, heads, request.GET.get("after", ""))
    steps = list(campaign.steps.all())
    may_write = campaigns_writable_by(user).filter(pk=campaign.pk).exists()
    may_act = may_write and not campaign.is_terminal and campaign.cancel_requested_at is None
    context = {
        "after": after,
        "campaign": campaign,
        "tone": STATUS_OF.get(campaign.state, campaign.state),
        "progress": progress_of(campaign),
        "steps": steps,
        "several": len(steps) > 1,
        "aims": aims(campaign, [step for step in steps if step.kind == step.Kind.LOOP]),
        "choices": choices(campaign),
        "controls": list(campaign.project.controls.all()),
        "heads": heads.values(),
        "rows": rows,
        "following": following,
        "gantt": campaign_gantt(rows, jobs_of(rows)),
        "costs": campaign_costs(campaign),
        "may_pause": may_act and campaign.state == State.RUNNING,
        "may_resume": may_act and campaign.state == State.PAUSED,
        "may_cancel": may_act,
        "may_retry": may_write and campaign_retryable(campaign),
    }
    return render(request, "campaigns/page.html", context)


@login_required
@require_POST
def campaign_action(request: HttpRequest, campaign_id: UUID, verb: str) -> HttpResponse:
    """Pause, resume, retry or cancel; the page that follows says what it came to."""
    user: Any = request.user
    campaign = get_object_or_404(campaigns_writable_by(user), pk=campaign_id)
    if verb not in ACTIONS:
        raise Http404
    with suppress(NothingToRetry):  # somebody else was faster
        ACTIONS[verb](campaign=campaign, by=user)
    return redirect("web:campaign", campaign_id=campaign.pk)
