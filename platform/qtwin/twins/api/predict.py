"""The twin over HTTP: its state, its versions, its predictions, and the page's curve."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backends.errors import ProgramRejected
from backends.systems import load
from qtwin.projects.models import Observable, Project
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.pages import NewestFirst
from qtwin.rest.points import PointsField
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.twins.evidence import NoEvidence
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


class PredictInput(StrictSerializer):
    observable = serializers.CharField(max_length=40)
    points = PointsField(max_points=MAX_POINTS)
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    exclude_sources = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=50
    )


class VersionSummary(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField()
    measurements = serializers.IntegerField()
    claim = serializers.CharField()
    references = serializers.IntegerField()
    c2 = serializers.FloatField()
    nu = serializers.IntegerField(allow_null=True)
    digest = serializers.CharField()
    fusion_version = serializers.CharField()
    seed = serializers.IntegerField()
    scores = serializers.DictField(child=serializers.FloatField())


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


def visible_project(request: Request, project_id: str) -> Project:
    user: Any = request.user
    return get_object_or_404(projects_visible_to(user), pk=project_id)


def wanted_observable(project: Project, name: str, pointer: str = "/observable") -> Observable:
    """The project's observable of that name; the error lists what there is."""
    known = {observable.name: observable for observable in project.observables.all()}
    if name not in known:
        raise PointedError(
            pointer, f"unknown observable {name!r}; allowed: {', '.join(known)}", code="unknown"
        )
    return known[name]


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
        self._check_sources(project, asked["exclude_sources"])
        points = self._points(project, asked["points"])
        try:
            return Response(
                twin_predict(
                    project,
                    observable.name,
                    points,
                    version=asked["version"],
                    without=asked["exclude_sources"],
                )
            )
        except NoTwin as error:
            raise NotFound(str(error)) from error
        except NoEvidence as error:
            raise PointedError("/exclude_sources", str(error)) from error

    def _check_sources(self, project: Project, names: list[str]) -> None:
        known = [source.name for source in project.sources.all()]
        for row, name in enumerate(names):
            if name not in known:
                raise PointedError(
                    f"/exclude_sources/{row}",
                    f"unknown source {name!r}; allowed: {', '.join(known)}",
                    code="unknown",
                )

    def _points(self, project: Project, points: Any) -> list[list[float]]:
        try:
            load(project.system).check_points(points)
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        rows: list[list[float]] = points.tolist()
        return rows
