"""The twin over HTTP: its state, its predictions, and the page's curve."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.projects.models import Observable, Project
from qtwin.rest.moment import asked_moment
from qtwin.rest.points import PointsField
from qtwin.rest.problem import PointedError
from qtwin.twins.api.answer import AnswerOutput, VersionSummary
from qtwin.twins.api.ask import (
    AskInput,
    pointed_errors,
    read_ask,
    visible_project,
    wanted_observable,
)
from qtwin.twins.curve import twin_curve
from qtwin.twins.selectors import (
    NoTwin,
    observables_measured,
    twin_fit,
    twin_predict,
    twin_status,
    version_summary,
)

MAX_POINTS = 2000
CURVE_POINTS = 201


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


def shown_observable(request: Request, project: Project) -> Observable:
    """The one that is asked for, or the first that has evidence."""
    name = request.query_params.get("observable")
    if name is None:
        return observables_measured(project)[0]
    return wanted_observable(project, name, "?observable")


class TwinView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("observable", str, description="The first measured one.")],
        responses=TwinOutput,
        operation_id="twin",
    )
    def get(self, request: Request, project_id: str) -> Response:
        project = visible_project(request, project_id)
        observable = shown_observable(request, project)
        try:
            version = version_summary(twin_fit(project, observable.name))
        except NoTwin:
            version = None
        return Response({**twin_status(project), "version": version})


class CurveView(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("observable", str),
            OpenApiParameter("version", int, description="With the points it was fitted to."),
            OpenApiParameter("as_of", str, description="As it was at this time, with its zone."),
        ],
        responses={200: dict[str, Any]},
        operation_id="twin_curve",
    )
    def get(self, request: Request, project_id: str) -> Response:
        project = visible_project(request, project_id)
        observable = shown_observable(request, project)
        at, version = asked_moment(request), _asked_number(request)
        if at is not None and version is not None:
            raise PointedError("?as_of", "allowed: version or as_of, not both")
        with pointed_errors():
            return Response(twin_curve(project, observable, CURVE_POINTS, version=version, at=at))


class PredictView(APIView):
    only_reads = True
    largest_field = "/points"

    @extend_schema(request=PredictInput, responses=PredictOutput, operation_id="twin_predict")
    def post(self, request: Request, project_id: str) -> Response:
        asked = read_ask(request, project_id, PredictInput)
        return Response(asked.answer(twin_predict, asked.points()))


def _asked_number(request: Request) -> int | None:
    text = request.query_params.get("version")
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise PointedError("?version", f"version = {text[:20]}; allowed: a number from 1")
    return int(text)
