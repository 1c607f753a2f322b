"""Worlds over HTTP: make one, look at it, hide it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from qtwin.projects.selectors import projects_visible_to, projects_writable_by
from qtwin.projects.services import artifact_read
from qtwin.rest.filters import Filter, choice, filtered, identifier, mine, parameters, text, times
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView
from qtwin.rest.watch import WAIT, check_wait, watched
from qtwin.training.api.rows import WorldDetail, WorldRow
from qtwin.training.documents import KINDS
from qtwin.training.models import World
from qtwin.training.selectors import worlds_visible_to, worlds_writable_by
from qtwin.training.services import TooMany, world_create, world_delete
from qtwin.training.states import State

STATE = choice("state", "state", State.values)
FILTERS = (
    STATE,
    choice("kind", "kind", KINDS),
    text("name", "name__icontains", "A part of it, in any case."),
    mine(),
    *times("created_at"),
)
PROJECT = identifier("project", "project")


class WorldInput(StrictSerializer):
    name = serializers.CharField(max_length=120)
    document = serializers.DictField(help_text="With its kind; see docs/worlds.md.")
    calibration = serializers.DictField(
        required=False,
        allow_null=True,
        default=None,
        help_text="How its parameters are learned from the project's measurements.",
    )
    twin_version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, default=None, help_text="The latest."
    )
    held_out_version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, default=None
    )


class ProjectWorldsView(APIView):
    """The worlds of a project."""

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=WorldRow(many=True),
        operation_id="project_worlds_list",
    )
    def get(self, request: Request, project_id: str) -> Response:
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        return _page(self, request, worlds_visible_to(user).filter(project=project), FILTERS)

    @extend_schema(
        request=WorldInput,
        responses={202: WorldDetail, 200: WorldDetail},
        operation_id="worlds_create",
    )
    @once_per_key()
    def post(self, request: Request, project_id: str) -> Response:
        """Ask for a world; a worker reads its document and learns its parameters."""
        user: Any = request.user
        project = get_object_or_404(projects_writable_by(user), pk=project_id)
        data = WorldInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            world = world_create(project=project, by=user, **data.validated_data)
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        except TooMany as error:
            raise Conflict("", str(error)) from error
        return Response(
            WorldDetail(world).data,
            status=status.HTTP_202_ACCEPTED,
            headers={"Location": f"/api/v1/worlds/{world.pk}"},
        )


class AllWorldsView(APIView):
    @extend_schema(
        parameters=parameters([*FILTERS, PROJECT]),
        responses=WorldRow(many=True),
        operation_id="worlds_list",
    )
    def get(self, request: Request) -> Response:
        """Worlds of all projects that you see."""
        user: Any = request.user
        return _page(self, request, worlds_visible_to(user), [*FILTERS, PROJECT])


def _page(
    view: APIView, request: Request, rows: QuerySet[World], filters: Sequence[Filter]
) -> Response:
    pages = NewestFirst()
    page = pages.paginate_queryset(filtered(rows, request, filters), request, view=view)
    return pages.get_paginated_response(WorldRow(page or [], many=True).data)


def visible_world(request: Request, world_id: str) -> World:
    user: Any = request.user
    return get_object_or_404(worlds_visible_to(user), pk=world_id)


def writable_world(request: Request, world_id: str) -> World:
    user: Any = request.user
    return get_object_or_404(worlds_writable_by(user), pk=world_id)


class WorldView(APIView):
    @extend_schema(parameters=[WAIT], responses=WorldDetail, operation_id="worlds_detail")
    def get(self, request: Request, world_id: str) -> Response:
        """How far it is, what is wrong with its document, or what its maker found."""
        check_wait(request)
        world = visible_world(request, world_id)
        watched(request, [world.project_id], ended=world.has_ended)
        return Response(WorldDetail(world).data)

    @extend_schema(responses={204: None}, operation_id="worlds_delete")
    def delete(self, request: Request, world_id: str) -> Response:
        """Hide it with all that was trained in it; what is open is cancelled."""
        user: Any = request.user
        world_delete(world=writable_world(request, world_id), by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PosteriorView(APIView):
    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        operation_id="worlds_posterior",
    )
    def get(self, request: Request, world_id: str) -> HttpResponse:
        """Draws of its parameters, as arrays in an npz file."""
        posterior = visible_world(request, world_id).posterior
        if posterior is None:
            raise NotFound("this world has no posterior: its parameters are nominal")
        return HttpResponse(
            artifact_read(posterior),
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{posterior.sha256}.npz"'},
        )
