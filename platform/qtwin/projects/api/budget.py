"""A project's budgets, and its rules about money."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Scope
from qtwin.accounts.selectors import teams_managed_by
from qtwin.projects.api.amount import AmountField
from qtwin.projects.models import Budget, BudgetScope, Period, Project, Unit
from qtwin.projects.models.budget import Limit
from qtwin.projects.roster import roster_of
from qtwin.projects.selectors import (
    budgets_visible_to,
    limit_of,
    projects_managed_by,
    projects_owned_by,
    projects_visible_to,
)
from qtwin.projects.services import budget_set, spending_rule_set
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.tags import (
    IF_MATCH,
    PreconditionFailed,
    check_match,
    still_matching,
    tag_of,
)
from qtwin.rest.view import APIView

IF_NONE = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="`*`: only if there is none yet."
)


class BudgetRow(serializers.ModelSerializer[Budget]):
    scope = serializers.ChoiceField(choices=BudgetScope.choices)
    user = serializers.EmailField(source="user.email", allow_null=True, default=None)
    limit = AmountField()
    per_job = AmountField(allow_null=True)
    reserved = AmountField()
    spent = AmountField()
    left = AmountField(help_text="Negative when overdrawn.")
    overdrawn = serializers.BooleanField()
    etag = serializers.SerializerMethodField(help_text="For If-Match, when it is set anew.")

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
            "etag",
        ]

    def get_etag(self, row: Budget) -> str:
        return granted_tag(row)


def granted_tag(row: Limit) -> str:
    """The tag of what a row grants, whatever was spent of it."""
    return tag_of({"limit": row.limit, "per_job": row.per_job})


SET_HERE = [BudgetScope.PROJECT, BudgetScope.TEAM, BudgetScope.USER]
"""A token's budget is set where its owner's tokens are."""


class BudgetInput(StrictSerializer):
    scope = serializers.ChoiceField(choices=[scope.value for scope in SET_HERE])
    user = serializers.EmailField(
        required=False, help_text="A member of the team; only with scope user."
    )
    unit = serializers.ChoiceField(choices=Unit.choices)
    period = serializers.ChoiceField(choices=Period.choices)
    limit = AmountField()
    per_job = AmountField(required=False, allow_null=True, default=None)


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

    @extend_schema(
        request=BudgetInput,
        parameters=[IF_MATCH, IF_NONE],
        responses=BudgetRow(many=True),
        operation_id="budgets_set",
    )
    def put(self, request: Request, project_id: str) -> Response:
        """Set one budget, and list them all; `If-Match` takes the `etag` of the one."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        project = get_object_or_404(projects_managed_by(user), pk=project_id)
        data = BudgetInput(data=request.data)
        data.is_valid(raise_exception=True)
        fields = dict(data.validated_data)
        if fields["scope"] != BudgetScope.PROJECT:  # of one project: no budget of the others
            get_object_or_404(teams_managed_by(user), pk=project.team_id)
        scope = budget_scope(project, fields.pop("scope"), fields.pop("user", None))
        unit, period = Unit(fields["unit"]), Period(fields["period"])
        new = request.headers.get("If-None-Match") == "*"
        with still_matching("If-None-Match" if new else "If-Match"):
            budget_set(
                scope=scope,
                unit=unit,
                period=period,
                limit=fields["limit"],
                per_job=fields["per_job"],
                by=user,
                seen=_seen(request, limit_of(scope, unit, period)),
                new=new,
            )
        return self.get(request, project_id)


def _seen(request: Request, row: Limit | None) -> Limit | None:
    """The row, if what it grants is what the caller saw and asked to be there still."""
    asked = request.headers.get("If-Match")
    if asked is None:
        return None
    if row is None or asked not in {"*", granted_tag(row)}:
        raise PreconditionFailed(granted_tag(row) if row else "")
    return row


def budget_scope(project: Project, scope: str, email: str | None) -> Any:
    """Whose budget it is, as `budget_set` wants it.

    Raises:
        PointedError: An address is missing, too much, or no member's.
    """
    if (email is not None) != (scope == BudgetScope.USER):
        raise PointedError("/user", "allowed: the address of a member, with scope user only")
    if scope != BudgetScope.USER:
        return project if scope == BudgetScope.PROJECT else project.team
    people = [place.user for place in roster_of(project)]
    found = next((person for person in people if person.email == str(email).lower()), None)
    if found is None:
        raise PointedError("/user", f"{email!r} is not a member of the team or the project")
    return project.team, found


class SpendingView(APIView):
    @extend_schema(responses=SpendingRule, operation_id="spending_detail")
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        return Response(SpendingRule(project).data)

    @extend_schema(
        request=SpendingRuleInput,
        parameters=[IF_MATCH],
        responses=SpendingRule,
        operation_id="spending_change",
    )
    def patch(self, request: Request, project_id: str) -> Response:
        """Turn paid sources on or off; only an owner may."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        project = get_object_or_404(projects_owned_by(user), pk=project_id)
        data = SpendingRuleInput(data=request.data)
        data.is_valid(raise_exception=True)
        unchanged = check_match(request, SpendingRule(project).data)
        with still_matching():
            spending_rule_set(project=project, by=user, unchanged=unchanged, **data.validated_data)
        return Response(SpendingRule(project).data)
