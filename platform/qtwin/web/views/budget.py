"""A project's budgets: what is left of each, and its managers set them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from rest_framework.exceptions import APIException

from qtwin.accounts.selectors import teams_managed_by
from qtwin.projects.api.budget import BudgetInput, SpendingRuleInput, budget_scope
from qtwin.projects.models import BudgetScope, Period, Project, Unit
from qtwin.projects.roster import roster_of
from qtwin.projects.selectors import projects_managed_by, projects_owned_by, projects_visible_to
from qtwin.projects.services import budget_set, spending_rule_set
from qtwin.rest.problem import errors_of
from qtwin.web.budgets import budget_lines
from qtwin.web.typed import number

UNITS = {
    Unit.MONEY: "USD",
    Unit.QPU_SECONDS: "seconds of QPUs",
    Unit.SHOTS: "shots",
    Unit.CPU_SECONDS: "seconds of training",
}
PERIODS = {Period.TOTAL: "in all", Period.DAY: "per day (UTC)"}


@login_required
@require_safe
def budgets_page(request: HttpRequest, project_id: UUID) -> HttpResponse:
    user: Any = request.user
    rows = projects_visible_to(user).select_related("team")
    return _page(request, get_object_or_404(rows, pk=project_id))


@login_required
@require_POST
def budget_change(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Set one budget of the project, or of its team or a person if one manages the team."""
    user: Any = request.user
    rows = projects_managed_by(user).select_related("team")
    project = get_object_or_404(rows, pk=project_id)
    scope, _, email = request.POST.get("whose", "").partition(":")
    body: dict[str, Any] = {
        "scope": scope,
        "unit": request.POST.get("unit", ""),
        "period": request.POST.get("period", ""),
        "limit": number(request.POST.get("limit", "").strip()),
    }
    if text := request.POST.get("per_job", "").strip():
        body["per_job"] = number(text)
    data = BudgetInput(data=body)
    try:
        data.is_valid(raise_exception=True)
        if scope != BudgetScope.PROJECT:
            get_object_or_404(teams_managed_by(user), pk=project.team_id)
        fields = data.validated_data
        budget_set(
            scope=budget_scope(project, scope, email or None),
            unit=Unit(fields["unit"]),
            period=Period(fields["period"]),
            limit=fields["limit"],
            per_job=fields["per_job"],
            by=user,
        )
    except APIException as error:
        return _page(request, project, errors=list(errors_of(error)), status=error.status_code)
    return redirect("web:budgets", project_id=project.pk)


@login_required
@require_POST
def spending_change(request: HttpRequest, project_id: UUID) -> HttpResponse:
    """Whether paid sources may run, and above what a job waits for an approver."""
    user: Any = request.user
    rows = projects_owned_by(user).select_related("team")
    project = get_object_or_404(rows, pk=project_id)
    above = number(request.POST.get("approval_above", "").strip())
    data = SpendingRuleInput(
        data={"paid_sources": "paid_sources" in request.POST, "approval_above": above}
    )
    try:
        data.is_valid(raise_exception=True)
    except APIException as error:
        return _page(request, project, errors=list(errors_of(error)), status=error.status_code)
    spending_rule_set(project=project, by=user, **data.validated_data)
    return redirect("web:budgets", project_id=project.pk)


def _page(
    request: HttpRequest,
    project: Project,
    *,
    errors: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    user: Any = request.user
    manages_team = teams_managed_by(user).filter(pk=project.team_id).exists()
    whose = [("project", "This project")]
    if manages_team:
        people = [place.user for place in roster_of(project)]
        whose += [("team", "The team"), *((f"user:{one.email}", one.name) for one in people)]
    context = {
        "project": project,
        "budgets": budget_lines(user, project),
        "may_manage": projects_managed_by(user).filter(pk=project.pk).exists(),
        "may_own": projects_owned_by(user).filter(pk=project.pk).exists(),
        "whose": whose,
        "units": [(unit.value, text) for unit, text in UNITS.items()],
        "periods": [(period.value, text) for period, text in PERIODS.items()],
        "typed": request.POST,
        "errors": errors or [],
    }
    return render(request, "projects/budgets.html", context, status=status)
