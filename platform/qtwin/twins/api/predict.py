"""The twin over HTTP: its state, its versions, its predictions, and the page's curve."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.projects.models import Observable, Project
from qtwin.rest.pages import NewestFirst
from qtwin.rest.points import PointsField
from qtwin.twins.api.ask import (
    AskInput,
    VersionSummary,
    check_sources,
    checked_points,
    pointed_errors,
    visible_project,
    wanted_observable,
)
from qtwin.twins.models import TwinFit, TwinVersion
from qtwin.twins.selectors import (
    NoTwin,
    observables_measured,
    twin_curve,
    twin_fit,
    twin_predict,
    twin_status,
    twin_versions,
    version_summary,
)

MAX_POINTS = 2000
CURVE_POINTS = 201


class PredictInput(AskInput):
    points = PointsField(max_points=MAX_POINTS)


class PredictOutput(serializers.Serializer[Any]):
    mean = serializers.ListField(child=serializers.FloatField())
    std = serializers.ListField(child=serializers.FloatField(), help_text="One sigma.")
    lower = serializers.ListField(child=serializers.FloatField(), help_text="95 % interval.")
    upper = serializers.ListField(child=serializers.FloatField(), help_text="95 % interval.")
    budget = serializers.DictField(help_text="Variances by cause, which sum to std squared.")
    shares = serializers.DictField(help_text="Share of each source; they sum to 1.")
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    nu = serializers.IntegerField(allow_null=True)
    observable = serializers.CharField()
    version = VersionSummary()


class TwinOutput(serializers.Serializer[Any]):
    project = serializers.UUIDField()
    evidence = serializers.IntegerField(help_text="Valid measurements.")
    up_to_date = serializers.BooleanField()
    jobs_running = serializers.BooleanField()
    problem = serializers.CharField()
    version = VersionSummary(allow_null=True)


class FitRow(serializers.ModelSerializer[TwinFit]):
    observable = serializers.CharField(source="observable.name")

    class Meta:
        model = TwinFit
        fields = ["observable", "digest", "claim", "references", "c2", "nu", "scores", "sources"]


class VersionRow(serializers.ModelSerializer[TwinVersion]):
    fits = FitRow(many=True)

    class Meta:
        model = TwinVersion
        fields = [
            "id",
            "number",
            "created_at",
            "as_of",
            "measurements",
            "fusion_version",
            "seed",
            "fit_seconds",
            "fits",
        ]


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


class VersionsView(APIView):
    @extend_schema(responses=VersionRow(many=True), operation_id="twin_versions")
    def get(self, request: Request, project_id: str) -> Response:
        project = visible_project(request, project_id)
        pages = NewestFirst()
        page: Any = pages.paginate_queryset(twin_versions(project), request, view=self)
        return pages.get_paginated_response(VersionRow(page or [], many=True).data)


class CurveView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("observable", str)],
        responses={200: dict[str, Any]},
        operation_id="twin_curve",
    )
    def get(self, request: Request, project_id: str) -> Response:
        project = visible_project(request, project_id)
        return Response(twin_curve(project, shown_observable(request, project), CURVE_POINTS))


class PredictView(APIView):
    largest_field = "/points"

    @extend_schema(request=PredictInput, responses=PredictOutput, operation_id="twin_predict")
    def post(self, request: Request, project_id: str) -> Response:
        project = visible_project(request, project_id)
        data = PredictInput(data=request.data)
        data.is_valid(raise_exception=True)
        asked = data.validated_data
        observable = wanted_observable(project, asked["observable"])
        check_sources(project, asked["exclude_sources"])
        points = checked_points(project, asked["points"])
        with pointed_errors():
            return Response(
                twin_predict(
                    project,
                    observable.name,
                    points,
                    version=asked["version"],
                    without=asked["exclude_sources"],
                )
            )
