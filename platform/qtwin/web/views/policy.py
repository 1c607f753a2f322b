"""Policies: the list, one of them with an episode of it, and what is asked of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from qtwin.jobs.feed import latest_event_id
from qtwin.projects.selectors import projects_visible_to
from qtwin.training.api.evaluation import EvaluationInput
from qtwin.training.api.report import ReportInput, earlier_of
from qtwin.training.models import Evaluation, Policy, TransferReport
from qtwin.training.selectors import (
    evaluations_visible_to,
    policies_visible_to,
    policies_writable_by,
    reports_visible_to,
)
from qtwin.training.services import evaluation_ask, policy_delete, report_create
from qtwin.training.states import OPEN, State
from qtwin.web.cursor import page_of
from qtwin.web.typed import typed_uuid
from qtwin.web.worlds.facts import policy_facts
from qtwin.web.worlds.forms import EvaluationForm, ReportForm, checked
from qtwin.web.worlds.plotted import goal_of, rollout_shown

MOST = 20


@login_required
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """Policies of all worlds, or of a project's."""
    user: Any = request.user
    after = latest_event_id()
    asked = typed_uuid(request.GET.get("project", ""))
    project = None if asked is None else projects_visible_to(user).filter(pk=asked).first()
    rows = policies_visible_to(user)
    if project is not None:
        rows = rows.filter(world__project=project)
    page, following = page_of(rows, request.GET.get("after", ""))
    context = {
        "after": after,
        "project": project,
        "filtered": f"project={project.pk}" if project else "",
        "policies": page,
        "following": following,
    }
    return render(request, "worlds/policies.html", context)


@login_required
@require_safe
def policy_page(request: HttpRequest, policy_id: UUID) -> HttpResponse:
    user: Any = request.user
    policy = get_object_or_404(policies_visible_to(user), pk=policy_id)
    return _page(request, policy)


def _page(
    request: HttpRequest,
    policy: Policy,
    *,
    play: EvaluationForm | None = None,
    transfer: ReportForm | None = None,
) -> HttpResponse:
    """The page, with a form that was refused if there is one."""
    user: Any = request.user
    after = latest_event_id()
    may_write = policies_writable_by(user).filter(pk=policy.pk).exists()
    evaluations = evaluations_visible_to(user).filter(policy=policy)
    asked = typed_uuid(request.GET.get("evaluation", ""))
    shown = None if asked is None else evaluations.filter(pk=asked).first()
    played = shown or evaluations.filter(state=State.DONE).first()
    context = {
        "after": after,
        "policy": policy,
        "goal": goal_of(policy.world),
        "facts": policy_facts(policy),
        "evaluations": list(evaluations[:MOST]),
        "rollout": rollout_shown(played) if played else None,
        "played": played,
        "under_way": evaluations.filter(state__in=OPEN).exists(),
        "reports": list(reports_visible_to(user).filter(policy=policy)[:MOST]),
        "may_write": may_write,
        "play": (play or EvaluationForm()) if may_write else None,
        "transfer": (transfer or ReportForm(policy=policy, user=user)) if may_write else None,
    }
    status = max(form.status if form else 200 for form in (play, transfer))
    return render(request, "worlds/policy.html", context, status=status)


@login_required
@require_POST
def policy_play(request: HttpRequest, policy_id: UUID) -> HttpResponse:
    """Ask for an episode; the page that follows shows it when it was played."""
    user: Any = request.user
    policy = get_object_or_404(policies_writable_by(user), pk=policy_id)
    form = EvaluationForm(typed=request.POST)

    def ask() -> Evaluation:
        question = checked(EvaluationInput, form.body())
        return evaluation_ask(policy=policy, asked=question, by=user)[0]

    asked = form.made(ask)
    if asked is None:
        return _page(request, policy, play=form)
    here = reverse("web:policy", args=[policy.pk])
    return redirect(f"{here}?evaluation={asked.pk}#rollout")


@login_required
@require_POST
def policy_transfer(request: HttpRequest, policy_id: UUID) -> HttpResponse:
    """Ask for a transfer report."""
    user: Any = request.user
    policy = get_object_or_404(policies_writable_by(user), pk=policy_id)
    form = ReportForm(policy=policy, user=user, typed=request.POST)

    def ask() -> TransferReport:
        asked = checked(ReportInput, form.body())
        asked |= {"earlier": earlier_of(user, policy, asked)}
        return report_create(policy=policy, asked=asked, by=user, may_spend=True)

    report = form.made(ask)
    if report is None:
        return _page(request, policy, transfer=form)
    return redirect("web:transfer-report", report_id=report.pk)


@login_required
@require_POST
def policy_hide(request: HttpRequest, policy_id: UUID) -> HttpResponse:
    """Hide it; its artifact is kept."""
    user: Any = request.user
    policy = get_object_or_404(policies_writable_by(user), pk=policy_id)
    policy_delete(policy=policy, by=user)
    return redirect("web:world", world_id=policy.world_id)
