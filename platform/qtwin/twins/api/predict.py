"""The twin over HTTP: its state, and its predictions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.points import PointsField
from qtwin.rest.view import APIView
from qtwin.twins.api.answer import AnswerOutput, VersionSummary
from qtwin.twins.api.ask import (
    AskInput,
    read_ask,
    readable_project,
)
from qtwin.twins.api.shown import shown_observable
from qtwin.twins.selectors import (
    NoTwin,
    twin_fit,
    twin_predict,
    twin_status,
    version_summary,
)

MAX_POINTS = 2000


class PredictInput(AskInput):
    points = PointsField(max_points=MAX_POINTS)


class PredictOutput(AnswerOutput):
    mean = serializers.ListField(child=serializers.FloatField())
    std = serializers.ListField(child=serializers.FloatField(), help_text="One sigma.")
    lower = serializers.ListField(child=serializers.FloatField(), help_text="95 % interval.")
    upper = serializers.ListField(child=serializers.FloatField(), help_text="95 % interval.")
    budget = serializers.DictField(help_text="Variances by cause, which sum to std squared.")
    shares = serializers.DictField(help_text="Share of each source; they sum to 1.")


class TwinOutput(serializers.Serializer[Any]):
    project = serializers.UUIDField()
    evidence = serializers.IntegerField(help_text="Valid measurements.")
    up_to_date = serializers.BooleanField()
    jobs_running = serializers.BooleanField()
    problem = serializers.CharField()
    version = VersionSummary(allow_null=True)


class TwinView(APIView):
    visitors = True

    @extend_schema(
        parameters=[OpenApiParameter("observable", str, description="The first measured one.")],
        responses=TwinOutput,
        operation_id="twin",
    )
    def get(self, request: Request, project_id: str) -> Response:
        project = readable_project(request, project_id)
        observable = shown_observable(request, project)
        status = twin_status(project)
        try:
            version = version_summary(twin_fit(project, observable.name))
        except NoTwin:
            version = None
        return Response({**status, "version": version})


class PredictView(APIView):
    only_reads = True
    largest_field = "/points"

    @extend_schema(request=PredictInput, responses=PredictOutput, operation_id="twin_predict")
    def post(self, request: Request, project_id: str) -> Response:
        asked = read_ask(request, project_id, PredictInput)
        return Response(asked.answer(twin_predict, asked.points()))
