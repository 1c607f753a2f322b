"""Transfer reports over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.jobs.api.submit import MAX_SHOTS
from qtwin.rest.filters import choice, filtered, identifier, mine, parameters, times
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched
from qtwin.training.api.policy import visible_policy, writable_policy
from qtwin.training.api.rows import ReportRow
from qtwin.training.models import Policy
from qtwin.training.selectors import (
    policies_visible_to,
    reports_visible_to,
    reports_writable_by,
)
from qtwin.training.services import NotReady, TooMany, report_create, work_cancel
from qtwin.training.states import State

STAGES = ("nominal", "randomised", "held_out", "noisy", "qpu")
MOST_EPISODES = 10_000
MOST_EARLIER = 4
FILTERS = (choice("state", "state", State.values), mine(), *times("created_at"))
PLACES = (
    identifier("project", "world__project"),
    identifier("world", "world"),
    identifier("policy", "policy"),
)


class QpuInput(StrictSerializer):
    """The last stage: a job of one of the project's sources, in a project of its own."""

    shots = serializers.IntegerField(min_value=1, max_value=MAX_SHOTS)

    def get_fields(self) -> dict[str, Any]:
        """``source`` is taken by the base class, as an argument of every field."""
        return {"source": serializers.CharField(max_length=40), **super().get_fields()}


class StagesInput(StrictSerializer):
    """The stages of a report, and how each is played."""

    stages = serializers.ListField(
        child=serializers.ChoiceField(choices=STAGES), allow_empty=False, max_length=len(STAGES)
    )
    episodes = serializers.IntegerField(
        min_value=2, max_value=MOST_EPISODES, required=False, default=400
    )
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)
    noise = serializers.DictField(
        required=False, default=dict, help_text="Of the noisy device model; see docs/training.md."
    )
    qpu = QpuInput(required=False, allow_null=True, default=None)

    def validate(self, report: dict[str, Any]) -> dict[str, Any]:
        if ("qpu" in report["stages"]) != (report["qpu"] is not None):
            raise serializers.ValidationError({"qpu": ["needed with the stage qpu, and only then"]})
        report["stages"] = [stage for stage in STAGES if stage in report["stages"]]
        return report


class ReportInput(StagesInput):
    earlier = serializers.DictField(
        child=serializers.UUIDField(),
        required=False,
        default=dict,
        help_text="Policies of the project by what was changed since, such as randomisation.",
    )

    def validate_earlier(self, earlier: dict[str, Any]) -> dict[str, Any]:
        if len(earlier) > MOST_EARLIER:
            raise serializers.ValidationError(f"allowed: at most {MOST_EARLIER}")
        return earlier


class PolicyReportsView(APIView):
    """The transfer reports of a policy."""

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=ReportRow(many=True),
        operation_id="policy_reports_list",
    )
    def get(self, request: Request, policy_id: str) -> Response:
        user: Any = request.user
        policy = visible_policy(request, policy_id)
        pages = NewestFirst()
        rows = filtered(reports_visible_to(user).filter(policy=policy), request, FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(ReportRow(page or [], many=True).data)

    @extend_schema(
        request=ReportInput,
        responses={202: ReportRow, 200: ReportRow},
        operation_id="transfer_reports_create",
    )
    @once_per_key()
    def post(self, request: Request, policy_id: str) -> Response:
        """Try the policy where it was not trained, stage by stage."""
        user: Any = request.user
        policy = writable_policy(request, policy_id)
        data = ReportInput(data=request.data)
        data.is_valid(raise_exception=True)
        asked = data.validated_data | {"earlier": earlier_of(user, policy, data.validated_data)}
        try:
            report = report_create(
                policy=policy,
                asked=asked,
                by=user,
                may_spend=has_scope(request, Scope.SPEND),
            )
        except (NotReady, TooMany) as error:
            raise Conflict("", str(error)) from error
        return Response(
            ReportRow(report).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": f"/api/v1/transfer-reports/{report.pk}"},
        )


def earlier_of(user: Any, policy: Policy, asked: Mapping[str, Any]) -> dict[str, str]:
    """Ids of the policies beside which a report is made, by title.

    Raises:
        PointedError: One is no policy of the same project that the user sees.
    """
    rows = policies_visible_to(user).filter(world__project=policy.world.project_id)
    known = {
        str(pk) for pk in rows.filter(pk__in=asked["earlier"].values()).values_list("pk", flat=True)
    }
    for title, one in asked["earlier"].items():
        if str(one) not in known:
            raise PointedError(
                f"/earlier/{title}", f"{one}; allowed: the id of a policy of the project"
            )
    return {title: str(one) for title, one in asked["earlier"].items()}


class AllReportsView(APIView):
    @extend_schema(
        parameters=parameters([*FILTERS, *PLACES]),
        responses=ReportRow(many=True),
        operation_id="transfer_reports_list",
    )
    def get(self, request: Request) -> Response:
        """Transfer reports of all policies that you see."""
        user: Any = request.user
        pages = NewestFirst()
        rows = filtered(reports_visible_to(user), request, [*FILTERS, *PLACES])
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(ReportRow(page or [], many=True).data)


class ReportView(APIView):
    @extend_schema(parameters=[WAIT], responses=ReportRow, operation_id="transfer_reports_detail")
    def get(self, request: Request, report_id: str) -> Response:
        check_wait(request)
        user: Any = request.user
        report = get_object_or_404(reports_visible_to(user), pk=report_id)
        watched(request, [report.world.project_id], ended=report.has_ended)
        return Response(ReportRow(report).data)


class ReportCancelView(APIView):
    @extend_schema(request=None, responses={202: ReportRow}, operation_id="transfer_reports_cancel")
    def post(self, request: Request, report_id: str) -> Response:
        """Stop it, and its job; stages that are done stay."""
        user: Any = request.user
        report = get_object_or_404(reports_writable_by(user), pk=report_id)
        if not work_cancel(work=report, by=user) and report.cancel_requested_at is None:
            raise Conflict("", f"the report is {report.state}")
        return Response(ReportRow(report).data, status=status.HTTP_202_ACCEPTED)
