"""Draws of the truth over HTTP: functions that it may be, coherent over the points."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.rest.points import PointsField
from qtwin.rest.problem import PointedError
from qtwin.twins.api.ask import (
    MAX_SEED,
    AskInput,
    VersionSummary,
    asked_version,
    check_sources,
    checked_points,
    pointed_errors,
    visible_project,
    wanted_observable,
)
from qtwin.twins.selectors import twin_question

MAX_POINTS = 500
MAX_COUNT = 5000
MAX_VALUES = 100_000


class SamplesInput(AskInput):
    points = PointsField(max_points=MAX_POINTS)
    count = serializers.IntegerField(min_value=1, max_value=MAX_COUNT, default=100)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, default=0)


class SamplesOutput(serializers.Serializer[Any]):
    draws = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="One function per row, at the points; mean and spread are the prediction's.",
    )
    unit = serializers.CharField()
    seed = serializers.IntegerField()
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    nu = serializers.IntegerField(allow_null=True)
    observable = serializers.CharField()
    version = VersionSummary()


class SamplesView(APIView):
    largest_field = "/points"

    @extend_schema(request=SamplesInput, responses=SamplesOutput, operation_id="twin_samples")
    def post(self, request: Request, project_id: str) -> Response:
        project = visible_project(request, project_id)
        data = SamplesInput(data=request.data)
        data.is_valid(raise_exception=True)
        asked = data.validated_data
        observable = wanted_observable(project, asked["observable"])
        check_sources(project, asked["exclude_sources"])
        points = checked_points(project, asked["points"])
        _check_size(len(points), asked["count"])
        question = {
            "name": "samples",
            "points": points,
            "count": asked["count"],
            "seed": asked["seed"],
        }
        with pointed_errors():
            answer = twin_question(
                project,
                observable.name,
                question,
                version=asked_version(project, asked),
                without=asked["exclude_sources"],
            )
        return Response({**answer, "unit": observable.unit, "seed": asked["seed"]})


def _check_size(points: int, count: int) -> None:
    if points * count > MAX_VALUES:
        raise PointedError(
            "/count",
            f"{count} draws at {points} points are {points * count} values; "
            f"allowed: at most {MAX_VALUES}",
            code="max_value",
        )
