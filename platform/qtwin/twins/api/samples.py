"""Draws of the truth over HTTP: functions that it may be, coherent over the points."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.points import PointsField
from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.twins.api.answer import AnswerOutput
from qtwin.twins.api.ask import MAX_SEED, AskInput, read_ask
from qtwin.twins.selectors import twin_question

MAX_POINTS = 500
MAX_COUNT = 5000
MAX_VALUES = 100_000


class SamplesInput(AskInput):
    points = PointsField(max_points=MAX_POINTS)
    count = serializers.IntegerField(min_value=1, max_value=MAX_COUNT, default=100)
    seed = serializers.IntegerField(min_value=0, max_value=MAX_SEED, default=0)


class SamplesOutput(AnswerOutput):
    draws = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="One function per row, at the points; mean and spread are the prediction's.",
    )
    unit = serializers.CharField()
    seed = serializers.IntegerField()


class SamplesView(APIView):
    only_reads = True
    largest_field = "/points"

    @extend_schema(request=SamplesInput, responses=SamplesOutput, operation_id="twin_samples")
    def post(self, request: Request, project_id: str) -> Response:
        asked = read_ask(request, project_id, SamplesInput)
        points, count, seed = asked.points(), asked.body["count"], asked.body["seed"]
        _check_size(len(points), count)
        question = {"name": "samples", "points": points, "count": count, "seed": seed}
        answer = asked.answer(twin_question, question)
        return Response({**answer, "unit": asked.observable.unit, "seed": seed})


def _check_size(points: int, count: int) -> None:
    if points * count > MAX_VALUES:
        raise PointedError(
            "/count",
            f"{count} draws at {points} points are {points * count} values; "
            f"allowed: at most {MAX_VALUES}",
            code="max_value",
        )
