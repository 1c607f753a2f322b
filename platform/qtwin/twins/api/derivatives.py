"""Derivatives of the truth over HTTP: forces, susceptibilities, curvatures, with errors."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.points import PointsField
from qtwin.rest.view import APIView
from qtwin.twins.api.answer import AnswerOutput
from qtwin.twins.api.ask import AskInput, read_ask
from qtwin.twins.selectors import twin_question
from qtwin.twins.units import derivative_unit

MAX_POINTS = 2000


class DerivativesInput(AskInput):
    points = PointsField(max_points=MAX_POINTS)
    order = serializers.IntegerField(
        min_value=1, max_value=2, default=1, help_text="The truth of the model has two derivatives."
    )


class DerivativeOutput(serializers.Serializer[Any]):
    unit = serializers.CharField()
    mean = serializers.ListField(child=serializers.FloatField())
    std = serializers.ListField(child=serializers.FloatField(), help_text="One sigma.")
    lower = serializers.ListField(child=serializers.FloatField(), help_text="95 % interval.")
    upper = serializers.ListField(child=serializers.FloatField(), help_text="95 % interval.")


class DerivativesOutput(AnswerOutput):
    derivatives = serializers.DictField(child=DerivativeOutput(), help_text="By control.")
    order = serializers.IntegerField()


class DerivativesView(APIView):
    only_reads = True
    largest_field = "/points"

    @extend_schema(
        request=DerivativesInput, responses=DerivativesOutput, operation_id="twin_derivatives"
    )
    def post(self, request: Request, project_id: str) -> Response:
        asked = read_ask(request, project_id, DerivativesInput)
        order = asked.body["order"]
        question = {"name": "derivatives", "points": asked.points(), "order": order}
        answer = asked.answer(twin_question, question)
        controls = asked.project.controls.all()
        found = {
            control.name: {"unit": derivative_unit(asked.observable, control, order), **along}
            for control, along in zip(controls, answer["derivatives"], strict=True)
        }
        return Response({**answer, "derivatives": found, "order": order})
