"""The curve of a project's page over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.moment import asked_moment
from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.twins.api.ask import pointed_errors, readable_project
from qtwin.twins.api.shown import (
    asked_control,
    asked_fixed,
    asked_number,
    asked_range,
    shown_observable,
)
from qtwin.twins.curve import twin_curve

CURVE_POINTS = 201


class CurveView(APIView):
    visitors = True

    @extend_schema(
        parameters=[
            OpenApiParameter("observable", str),
            OpenApiParameter("control", str, description="The one that runs; the first."),
            OpenApiParameter("version", int, description="With the points it was fitted to."),
            OpenApiParameter("as_of", str, description="As it was at this time, with its zone."),
            OpenApiParameter("from", float, description="Where the curve starts, in the unit."),
            OpenApiParameter("to", float, description="Where it ends; always as many samples."),
            OpenApiParameter("fixed", str, description="Held controls, as name:value,name:value."),
            OpenApiParameter("points", bool, description="false: without the measured points."),
        ],
        responses={200: dict[str, Any]},
        operation_id="twin_curve",
    )
    def get(self, request: Request, project_id: str) -> Response:
        project = readable_project(request, project_id)
        observable = shown_observable(request, project)
        at, version = asked_moment(request), asked_number(request)
        if at is not None and version is not None:
            raise PointedError("?as_of", "allowed: version or as_of, not both")
        controls = list(project.controls.all())
        control = asked_control(request, controls, "control") or controls[0]
        others = [other for other in controls if other != control]
        asked: dict[str, Any] = {
            "control": control,
            "within": asked_range(request, control),
            "fixed": asked_fixed(request, others),
            "evidence": _asked_points(request),
        }
        with pointed_errors():
            return Response(
                twin_curve(project, observable, CURVE_POINTS, version=version, at=at, **asked)
            )


def _asked_points(request: Request) -> bool:
    text = request.query_params.get("points", "true")
    if text not in {"true", "false"}:
        raise PointedError("?points", f"{text[:20]!r}; allowed: true, false")
    return text == "true"
