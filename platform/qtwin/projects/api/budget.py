"""A project's budgets, their ledger, and its rules about money."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Scope
from qtwin.projects.api.amount import AmountField, ChangeField
from qtwin.projects.models import Budget, BudgetScope, LedgerEntry, Period, Project, Unit
from qtwin.projects.selectors import (
    budgets_visible_to,
    projects_managed_by,
    projects_owned_by,
    projects_visible_to,
)
from qtwin.projects.services import budget_set, spending_rule_set
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer


class BudgetRow(serializers.ModelSerializer[Budget]):
    scope = serializers.ChoiceField(choices=BudgetScope.choices)
    user = serializers.EmailField(source="user.email", allow_null=True, default=None)
    limit = AmountField()
    per_job = AmountField(allow_null=True)
    reserved = AmountField()
    spent = AmountField()
    left = AmountField(help_text="Negative when overdrawn.")
    overdrawn = serializers.BooleanField()

    class Meta:
        model = Budget
        fields = [
            "id",
            "scope",
            "user",
            "unit",
            "period",
            "day",
            "limit",
            "per_job",
            "reserved",
            "spent",
            "left",
            "overdrawn",
        ]


class BudgetInput(StrictSerializer):
    scope = serializers.ChoiceField(choices=BudgetScope.choices)
    user = serializers.EmailField(
        required=False, help_text="A member of the team; only with scope user."
    )
    unit = serializers.ChoiceField(choices=Unit.choices)
    period = serializers.ChoiceField(choices=Period.choices)
    limit = AmountField()
    per_job = AmountField(required=False, allow_null=True, default=None)


class LedgerRow(serializers.ModelSerializer[LedgerEntry]):
    budget = serializers.UUIDField(source="budget_id")
    unit = serializers.ChoiceField(source="budget.unit", choices=Unit.choices)
    job = serializers.UUIDField(source="job_id")
    amount = ChangeField(help_text="Negative where a late bill was lower.")

    class Meta:
        model = LedgerEntry
        fields = ["id", "budget", "unit", "job", "kind", "amount", "created_at"]


class SpendingRule(serializers.ModelSerializer[Project]):
    approval_above = AmountField(help_text="USD; a job that may cost more waits for an approver.")

    class Meta:
        model = Project
        fields = ["paid_sources", "approval_above"]


class SpendingRuleInput(StrictSerializer):
    paid_sources = serializers.BooleanField(required=False)
    approval_above = AmountField(required=False)


class BudgetsView(APIView):
    paged = False

    @extend_schema(responses=BudgetRow(many=True), operation_id="budgets_list")
    def get(self, request: Request, project_id: str) -> Response:
        """Budgets on which your jobs here count; for owners and admins, those of all members."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        rows = BudgetRow(budgets_visible_to(user, project), many=True).data
        return Response({"results": rows})

    @extend_schema(request=BudgetInput, responses=BudgetRow(many=True), operation_id="budgets_set")
    def put(self, request: Request, project_id: str) -> Response:
        """Set one budget, and list them all."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        project = get_object_or_404(projects_managed_by(user), pk=project_id)
        data = BudgetInput(data=request.data)
        data.is_valid(raise_exception=True)
        fields = dict(data.validated_data)
        budget_set(
            scope=_scope(project, fields.pop("scope"), fields.pop("user", None)),
            unit=Unit(fields["unit"]),
            period=Period(fields["period"]),
            limit=fields["limit"],
            per_job=fields["per_job"],
            by=user,
        )
        return self.get(request, project_id)


def _scope(project: Project, scope: str, email: str | None) -> Any:
    if (email is not None) != (scope == BudgetScope.USER):
        raise PointedError("/user", "allowed: the address of a member, with scope user only")
    if scope != BudgetScope.USER:
        return project if scope == BudgetScope.PROJECT else project.team
    members = project.team.memberships.select_related("user")
    member = members.filter(user__email__iexact=email).first()
    if member is None:
        raise PointedError("/user", f"{email!r} is not a member of the team")
    return project.team, member.user


class LedgerView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("budget", str, description="Only of this budget.")],
        responses=LedgerRow(many=True),
        operation_id="ledger_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        budgets = {
            str(budget.pk): budget for budget in budgets_visible_to(user, project, past=True)
        }
        wanted = request.query_params.get("budget")
        if wanted is not None and wanted not in budgets:
            raise PointedError("?budget", f"{wanted!r} is no budget of this project")
        shown = [row.pk for pk, row in budgets.items() if wanted in {None, pk}]
        rows = LedgerEntry.objects.filter(budget__in=shown).select_related("budget")
        pages = NewestFirst()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(LedgerRow(page or [], many=True).data)


class SpendingView(APIView):
    @extend_schema(responses=SpendingRule, operation_id="spending_detail")
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        return Response(SpendingRule(project).data)

    @extend_schema(
        request=SpendingRuleInput, responses=SpendingRule, operation_id="spending_change"
    )
    def patch(self, request: Request, project_id: str) -> Response:
        """Turn paid sources on or off; only an owner may."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        project = get_object_or_404(projects_owned_by(user), pk=project_id)
        data = SpendingRuleInput(data=request.data)
        data.is_valid(raise_exception=True)
        return Response(
            SpendingRule(spending_rule_set(project=project, by=user, **data.validated_data)).data
        )
