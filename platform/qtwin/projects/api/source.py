"""Sources over HTTP: add one, list them, change one's settings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected, UnknownBackend
from qtwin.projects.models import Project, Role, Source
from qtwin.projects.selectors import projects_readable_by, projects_writable_by
from qtwin.projects.services import source_create, source_revise
from qtwin.projects.services.source import SourceExists
from qtwin.rest.filters import choice, filtered, parameters
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import OldestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.tags import IF_MATCH, check_match, still_matching
from qtwin.rest.view import APIView

NAME = r"^[a-z][a-z0-9_-]*$"
FILTERS = (choice("role", "role", Role.values),)


class SourceRow(serializers.ModelSerializer[Source]):
    backend = serializers.CharField(source="latest.backend")
    method = serializers.CharField(source="latest.method")
    settings = serializers.DictField(source="latest.settings")
    knobs = serializers.ListField(
        child=serializers.DictField(),
        source="latest.knobs",
        help_text="Limit of each knob, where its error vanishes, and the order in which it does.",
    )
    learn_scale = serializers.BooleanField(source="latest.learn_scale")
    revision = serializers.IntegerField(source="latest.number")

    class Meta:
        model = Source
        fields = [
            "id",
            "name",
            "label",
            "role",
            "backend",
            "method",
            "settings",
            "knobs",
            "learn_scale",
            "revision",
            "created_at",
        ]


class SourceInput(StrictSerializer):
    name = serializers.RegexField(NAME, max_length=40)
    label = serializers.CharField(max_length=80, required=False, default="")  # type: ignore[assignment]  # the API's name
    role = serializers.ChoiceField(choices=Role.choices)
    backend = serializers.CharField(max_length=64)
    method = serializers.CharField(max_length=40)
    settings = serializers.DictField(required=False, default=dict)
    learn_scale = serializers.BooleanField(required=False, default=False)


class RevisionInput(StrictSerializer):
    settings = serializers.DictField()


class SourceView(APIView):
    visitors = True

    @extend_schema(responses=SourceRow, operation_id="sources_detail")
    def get(self, request: Request, project_id: str, name: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_readable_by(user), pk=project_id)
        return Response(SourceRow(_source(project, name)).data)

    @extend_schema(
        request=RevisionInput,
        parameters=[IF_MATCH],
        responses=SourceRow,
        operation_id="sources_revise",
    )
    def patch(self, request: Request, project_id: str, name: str) -> Response:
        """Change the settings: a new revision, which new jobs run."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        source = _source(project, name)
        data = RevisionInput(data=request.data)
        data.is_valid(raise_exception=True)
        unchanged = check_match(request, SourceRow(source).data)
        try:
            with still_matching():
                source_revise(source=source, by=user, unchanged=unchanged, **data.validated_data)
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        return Response(SourceRow(_source(project, name)).data)


def _source(project: Project, name: str) -> Source:
    """With its revisions, so that what is shown and what is written are of one reading."""
    found: Source = get_object_or_404(project.sources.prefetch_related("revisions"), name=name)
    return found


class SourcesView(APIView):
    visitors = True

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=SourceRow(many=True),
        operation_id="sources_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_readable_by(user), pk=project_id)
        pages = OldestFirst()
        rows = project.sources.prefetch_related("revisions")
        page = pages.paginate_queryset(filtered(rows, request, FILTERS), request, view=self)
        return pages.get_paginated_response(SourceRow(page or [], many=True).data)

    @extend_schema(
        request=SourceInput,
        responses={201: SourceRow, 200: SourceRow},
        operation_id="sources_create",
    )
    @once_per_key()
    def post(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        data = SourceInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            source = source_create(project=project, by=user, **data.validated_data)
        except UnknownBackend as error:
            raise PointedError("/backend", str(error), code="unknown") from error
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        except SourceExists as error:
            raise Conflict("/name", str(error)) from error
        return Response(SourceRow(source).data, status=status.HTTP_201_CREATED)
