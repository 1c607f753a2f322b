"""What a job would take, over HTTP, before anything is submitted."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import BackendError
from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.jobs.api.refusal import refusal
from qtwin.jobs.api.submit import JobInput, spec_of
from qtwin.jobs.services import Estimate, job_estimate
from qtwin.jobs.services.estimate import FACTOR
from qtwin.projects.api.amount import AmountField
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.view import APIView


class QueueOutput(serializers.Serializer[Any]):
    device = serializers.CharField()
    state = serializers.CharField()
    jobs = serializers.IntegerField(allow_null=True, help_text="Waiting for it.")
    as_of = serializers.DateTimeField(help_text="When the team last looked.")


class RefusedOutput(serializers.Serializer[Any]):
    pointer = serializers.CharField(source="field")
    code = serializers.CharField()
    detail = serializers.CharField(source="*")
    facts = serializers.DictField()


class JobEstimate(serializers.Serializer[Any]):
    points = serializers.IntegerField()
    points_known = serializers.IntegerField(
        source="known", help_text="Their numbers exist and would be taken, at no cost."
    )
    runs = serializers.IntegerField(help_text="In how many the rest would be split.")
    seconds = serializers.FloatField(help_text="Expected, without waiting for a turn.")
    seconds_range = serializers.SerializerMethodField(
        help_text="Of nine estimates in ten of sources on this machine."
    )
    memory_bytes = serializers.IntegerField()
    cost_usd = AmountField(source="money", help_text="At most.")
    qpu_seconds = AmountField(help_text="At most.")
    shots = AmountField(help_text="At most, on a QPU or at a vendor.")
    prices = serializers.CharField(help_text="The price list, with its date.")
    approval = serializers.CharField(help_text="Why an approver must agree; empty: nobody need.")
    refused = RefusedOutput(allow_null=True, help_text="Why it would not be accepted now.")
    queue = QueueOutput(allow_null=True)

    def get_seconds_range(self, row: Estimate) -> list[float]:
        return [row.seconds / FACTOR, row.seconds * FACTOR]


class EstimateView(APIView):
    only_reads = True
    largest_field = "/points"

    @extend_schema(request=JobInput, responses=JobEstimate, operation_id="jobs_estimate")
    def post(self, request: Request, project_id: str) -> Response:
        """What the same body, posted to ``jobs``, would take, and what would stop it."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        try:
            found = job_estimate(
                project=project,
                spec=spec_of(project, request.data)(),
                by=user,
                may_spend=has_scope(request, Scope.SPEND),
            )
        except BackendError as error:
            raise refusal(error, field="/source") from error
        return Response(JobEstimate(found).data)
