"""Projects and their sources over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from qtwin.accounts.models import Team, User
from qtwin.accounts.selectors import teams_writable_by
from qtwin.projects.models import Control, Observable, Project
from qtwin.projects.selectors import (
    projects_readable_by,
    projects_visible_to,
    projects_writable_by,
)
from qtwin.projects.services import (
    project_change,
    project_create,
    project_delete,
)
from qtwin.rest.filters import filtered, identifier, mine, parameters, text, times
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.tags import IF_MATCH, check_match, still_matching
from qtwin.rest.view import APIView

FILTERS = (
    identifier("team", "team"),
    text("name", "name__icontains", "A part of it, in any case."),
    mine(),
    *times("created_at"),
)


class ControlRow(serializers.ModelSerializer[Control]):
    class Meta:
        model = Control
        fields = ["name", "label", "unit", "lower", "upper"]


class ObservableRow(serializers.ModelSerializer[Observable]):
    class Meta:
        model = Observable
        fields = ["name", "label", "unit", "lower", "upper", "variational"]


class ProjectRow(serializers.ModelSerializer[Project]):
    team = serializers.UUIDField(source="team_id")
    controls = ControlRow(many=True)
    observables = ObservableRow(many=True)

    class Meta:
        model = Project
        fields = [
            "id",
            "name",
            "description",
            "team",
            "system",
            "controls",
            "observables",
            "public",
            "created_at",
        ]


class ProjectInput(StrictSerializer):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=10_000, required=False, default="")
    team = serializers.UUIDField(required=False, help_text="Needed when you are in several.")
    system = serializers.DictField()


class ProjectChange(StrictSerializer):
    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)


class ProjectsView(APIView):
    @extend_schema(
        parameters=parameters(FILTERS),
        responses=ProjectRow(many=True),
        operation_id="projects_list",
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        pages = NewestFirst()
        rows = projects_visible_to(user).prefetch_related("controls", "observables")
        page = pages.paginate_queryset(filtered(rows, request, FILTERS), request, view=self)
        return pages.get_paginated_response(ProjectRow(page or [], many=True).data)

    @extend_schema(
        request=ProjectInput,
        responses={201: ProjectRow, 200: ProjectRow},
        operation_id="projects_create",
    )
    @once_per_key()
    def post(self, request: Request) -> Response:
        data = ProjectInput(data=request.data)
        data.is_valid(raise_exception=True)
        fields = dict(data.validated_data)
        user: Any = request.user
        team = writable_team(user, fields.pop("team", None))
        try:
            project = project_create(team=team, by=user, **fields)
        except ProgramRejected as error:
            raise PointedError(f"/system{error.field}", str(error)) from error
        return Response(
            ProjectRow(project).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": f"/api/v1/projects/{project.pk}"},
        )


def writable_team(user: User, wanted: Any, *, pointer: str = "/team") -> Team:
    """The team that is asked for, or the only one.

    Raises:
        PointedError: It is no team in which the user may change things.
    """
    teams = list(teams_writable_by(user))
    if wanted is None and len(teams) == 1:
        return teams[0]
    found = next((team for team in teams if str(team.pk) == str(wanted)), None)
    if found is None:
        allowed = ", ".join(str(team.pk) for team in teams) or "none"
        raise PointedError(pointer, f"{wanted} is not a team of yours; allowed: {allowed}")
    return found


class ProjectView(APIView):
    visitors = True

    @extend_schema(responses=ProjectRow, operation_id="projects_detail")
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        return Response(
            ProjectRow(get_object_or_404(projects_readable_by(user), pk=project_id)).data
        )

    @extend_schema(
        request=ProjectChange,
        parameters=[IF_MATCH],
        responses=ProjectRow,
        operation_id="projects_change",
    )
    def patch(self, request: Request, project_id: str) -> Response:
        """Change what it is called and what is said of it; its system never changes."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        data = ProjectChange(data=request.data)
        data.is_valid(raise_exception=True)
        unchanged = check_match(request, ProjectRow(project).data)
        with still_matching():
            project_change(project=project, by=user, unchanged=unchanged, **data.validated_data)
        return Response(ProjectRow(project).data)

    @extend_schema(parameters=[IF_MATCH], responses={204: None}, operation_id="projects_delete")
    def delete(self, request: Request, project_id: str) -> Response:
        """Hide the project; its evidence is kept."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        unchanged = check_match(request, ProjectRow(project).data)
        with still_matching():
            project_delete(project=project, by=user, unchanged=unchanged)
        return Response(status=status.HTTP_204_NO_CONTENT)
