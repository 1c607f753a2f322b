"""Derivatives of the truth over HTTP: forces, susceptibilities, curvatures, with errors."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.rest.points import PointsField
from qtwin.twins.api.ask import (
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


class DerivativesOutput(serializers.Serializer[Any]):
    derivatives = serializers.DictField(child=DerivativeOutput(), help_text="By control.")
    order = serializers.IntegerField()
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    nu = serializers.IntegerField(allow_null=True)
    observable = serializers.CharField()
    version = VersionSummary()


class DerivativesView(APIView):
    largest_field = "/points"

    @extend_schema(
        request=DerivativesInput, responses=DerivativesOutput, operation_id="twin_derivatives"
    )
    def post(self, request: Request, project_id: str) -> Response:
        project = visible_project(request, project_id)
        data = DerivativesInput(data=request.data)
        data.is_valid(raise_exception=True)
        asked = data.validated_data
        order = asked["order"]
        observable = wanted_observable(project, asked["observable"])
        check_sources(project, asked["exclude_sources"])
        points = checked_points(project, asked["points"])
        with pointed_errors():
            answer = twin_question(
                project,
                observable.name,
                {"name": "derivatives", "points": points, "order": order},
                version=asked_version(project, asked),
                without=asked["exclude_sources"],
            )
        found = {
            control.name: {"unit": derivative_unit(observable, control, order), **along}
            for control, along in zip(project.controls.all(), answer["derivatives"], strict=True)
        }
        return Response({**answer, "derivatives": found, "order": order})
