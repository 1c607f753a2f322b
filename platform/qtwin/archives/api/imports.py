"""Archives that become projects, over HTTP: send one, and watch it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.archives.api.parser import ArchiveParser
from qtwin.archives.errors import ArchiveError
from qtwin.archives.models import Import
from qtwin.archives.selectors import imports_visible_to
from qtwin.archives.services import ImportRefused, import_begin
from qtwin.projects.api.project import writable_team
from qtwin.rest.filters import choice, filtered, mine, parameters, times
from qtwin.rest.once import asked_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.view import APIView

AGAIN_S = "1"
FILTERS = (choice("state", "state", Import.State.values), mine(), *times("created_at"))


class ImportProblem(serializers.Serializer[Any]):
    pointer = serializers.CharField(help_text="The file of the archive; empty for all of it.")
    detail = serializers.CharField(help_text="Names the line, the value and what is allowed.")


class ImportRow(serializers.ModelSerializer[Import]):
    team = serializers.UUIDField(source="team_id")
    project = serializers.UUIDField(source="project_id", allow_null=True)
    size_bytes = serializers.IntegerField(source="size")
    error = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = [
            "id",
            "team",
            "state",
            "size_bytes",
            "project",
            "ids_kept",
            "error",
            "created_at",
            "finished_at",
        ]

    @extend_schema_field(ImportProblem(allow_null=True))
    def get_error(self, row: Import) -> dict[str, str] | None:
        """What is wrong with the archive."""
        if not row.detail:
            return None
        return {"pointer": row.member and f"/{row.member}", "detail": row.detail}


class ProjectImportView(APIView):
    parser_classes = [ArchiveParser]

    @extend_schema(
        request={"application/zip": OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("team", OpenApiTypes.UUID, description="Needed when in several."),
            OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER),
        ],
        responses={202: ImportRow, 200: ImportRow},
        operation_id="projects_import",
    )
    def post(self, request: Request) -> Response:
        """Make a project of an archive; its twin says what it said where it was exported."""
        user: Any = request.user
        team = writable_team(user, request.query_params.get("team"), pointer="?team")
        key = asked_key(request)
        body: Any = request.data
        if isinstance(body, dict):  # what the framework makes of no bytes at all
            raise PointedError("", "the body is empty; allowed: the bytes of an archive")
        with body as file:
            try:
                row, new = import_begin(file, team=team, by=user, key=key)
            except ArchiveError as error:
                raise PointedError("", error.detail) from error
            except ImportRefused as error:
                raise Conflict("", str(error)) from error
        return Response(
            ImportRow(row).data,
            status=status.HTTP_202_ACCEPTED if new else status.HTTP_200_OK,
            headers={
                "Location": f"/api/v1/imports/{row.pk}",
                **({} if new else {"Idempotency-Replayed": "true"}),
            },
        )


class ImportsView(APIView):
    @extend_schema(
        parameters=parameters(FILTERS),
        responses=ImportRow(many=True),
        operation_id="imports_list",
    )
    def get(self, request: Request) -> Response:
        """Imports into the teams that you are in."""
        user: Any = request.user
        pages = NewestFirst()
        rows = filtered(imports_visible_to(user), request, FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(ImportRow(page or [], many=True).data)


class ImportView(APIView):
    @extend_schema(responses=ImportRow, operation_id="imports_detail")
    def get(self, request: Request, import_id: str) -> Response:
        """How far it is: its project, or what is wrong with the archive."""
        user: Any = request.user
        row = get_object_or_404(imports_visible_to(user), pk=import_id)
        headers = {} if row.has_ended else {"Retry-After": AGAIN_S}
        return Response(ImportRow(row).data, headers=headers)
