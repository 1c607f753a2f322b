"""What a project's system declares: its controls and its observables."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.projects.api.project import ControlRow, ObservableRow
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.view import APIView


def _project(request: Request, project_id: str) -> Project:
    user: Any = request.user
    return get_object_or_404(projects_visible_to(user), pk=project_id)


class ControlsView(APIView):
    paged = False

    @extend_schema(responses=ControlRow(many=True), operation_id="projects_controls")
    def get(self, request: Request, project_id: str) -> Response:
        """In the order in which points give them."""
        rows = _project(request, project_id).controls.all()
        return Response({"results": ControlRow(rows, many=True).data})


class ObservablesView(APIView):
    paged = False

    @extend_schema(responses=ObservableRow(many=True), operation_id="projects_observables")
    def get(self, request: Request, project_id: str) -> Response:
        rows = _project(request, project_id).observables.all()
        return Response({"results": ObservableRow(rows, many=True).data})
