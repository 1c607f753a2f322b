"""Running an ended job again, and the report on what differs."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.jobs.api.job import visible_job
from qtwin.jobs.api.rows import JobRow
from qtwin.jobs.api.submit import answer_one
from qtwin.jobs.comparison import Verdict, replay_report
from qtwin.jobs.identity import digest
from qtwin.jobs.selectors import jobs_writable_by
from qtwin.jobs.services import RequestConflict, request_submit
from qtwin.jobs.services.replay import NotReplayable, replay_spec
from qtwin.rest.once import asked_key
from qtwin.rest.problem import Conflict
from qtwin.rest.view import APIView


class Value(serializers.Serializer[Any]):
    value = serializers.FloatField()
    std = serializers.FloatField()


class Compared(serializers.Serializer[Any]):
    point = serializers.ListField(child=serializers.FloatField())
    observable = serializers.CharField()
    verdict = serializers.ChoiceField(choices=list(Verdict))
    before = Value(allow_null=True)
    after = Value(allow_null=True)
    difference = serializers.FloatField(allow_null=True)


class Condition(serializers.Serializer[Any]):
    name = serializers.CharField()
    before = serializers.ListField(child=serializers.CharField())
    after = serializers.ListField(child=serializers.CharField())


class ReplayReport(serializers.Serializer[Any]):
    original = serializers.UUIDField()
    replay = serializers.UUIDField()
    state = serializers.CharField()
    verdict = serializers.ChoiceField(choices=list(Verdict), help_text="The worst of the numbers.")
    counts = serializers.DictField(child=serializers.IntegerField())
    conditions = Condition(many=True, help_text="What was not the same in both.")
    numbers = Compared(many=True)


class JobReplayView(APIView):
    @extend_schema(
        request=None,
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)],
        responses={202: JobRow, 200: JobRow},
        operation_id="jobs_replay",
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """Run the job again with its seeds; the new job's measurements are no evidence."""
        user: Any = request.user
        job = get_object_or_404(jobs_writable_by(user), pk=job_id)
        try:
            (outcome,) = request_submit(
                project=job.project,
                specs=[partial(replay_spec, job)],
                by=user,
                key=asked_key(request),
                body_sha256=digest({"replay_of": str(job.pk)}),
                may_spend=has_scope(request, Scope.SPEND),
            )
        except (NotReplayable, RequestConflict) as error:
            raise Conflict("", str(error)) from error
        return answer_one(outcome)


class JobReplayReportView(APIView):
    @extend_schema(responses=ReplayReport, operation_id="jobs_replay_report")
    def get(self, request: Request, job_id: UUID) -> Response:
        try:
            return Response(replay_report(visible_job(request, job_id)))
        except ValueError as error:
            raise NotFound(str(error)) from error
