"""The twin over two of a project's controls, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.twins.api.ask import pointed_errors, readable_project
from qtwin.twins.api.shown import asked_control, asked_fixed, asked_number, shown_observable
from qtwin.twins.surface import LARGEST, POINTS, SMALLEST, Plane, twin_surface


class SurfaceView(APIView):
    visitors = True

    @extend_schema(
        parameters=[
            OpenApiParameter("observable", str, description="The first measured one."),
            OpenApiParameter("x", str, description="The control that runs; the first by default."),
            OpenApiParameter("y", str, description="The other; the next by default."),
            OpenApiParameter("fixed", str, description="Held controls, as name:value,name:value."),
            OpenApiParameter(
                "points", int, description=f"Along each, {SMALLEST} to {LARGEST}; {POINTS}."
            ),
            OpenApiParameter("version", int, description="With the points it was fitted to."),
        ],
        responses={200: dict[str, Any]},
        operation_id="twin_surface",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """Means, errors and trust over a grid: lists of rows, a row for each value of y."""
        project = readable_project(request, project_id)
        observable = shown_observable(request, project)
        controls = list(project.controls.all())
        if len(controls) < 2:
            raise PointedError("?x", "the system has one control; a surface takes two")
        x = asked_control(request, controls, "x") or next(
            control for control in controls if control.name != request.query_params.get("y")
        )
        y = asked_control(request, controls, "y") or next(c for c in controls if c != x)
        if x == y:
            raise PointedError("?y", f"y = {y.name}, as x; allowed: another control")
        fixed = asked_fixed(request, [c for c in controls if c not in (x, y)])
        with pointed_errors():
            return Response(
                twin_surface(
                    project,
                    observable,
                    Plane(x=x, y=y, fixed=fixed),
                    _points(request),
                    version=asked_number(request),
                )
            )


def _points(request: Request) -> int:
    text = request.query_params.get("points", str(POINTS))
    if not text.isdecimal() or len(text) > 9 or not SMALLEST <= int(text) <= LARGEST:
        raise PointedError("?points", f"points = {text[:20]}; allowed: {SMALLEST} to {LARGEST}")
    return int(text)
