"""Policies over HTTP: those that were trained and those that were sent."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import ProgramRejected
from qtwin.projects.services import artifact_read
from qtwin.rest.filters import choice, filtered, identifier, mine, parameters, text, times, truth
from qtwin.rest.once import once_per_key
from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.view import APIView
from qtwin.training.api.parser import PolicyParser
from qtwin.training.api.rows import PolicyRow
from qtwin.training.api.world import visible_world, writable_world
from qtwin.training.models import Policy
from qtwin.training.selectors import policies_visible_to, policies_writable_by
from qtwin.training.services import NotReady, policy_delete, policy_receive

KINDS = ("open_loop", "linear", "mlp")
FILTERS = (
    choice("kind", "kind", KINDS),
    text("name", "name__icontains", "A part of it, in any case."),
    identifier("run", "run"),
    truth("uploaded", lambda value, _: Q(run__isnull=value), "Sent by somebody."),
    mine(),
    *times("created_at"),
)
PLACES = (identifier("project", "world__project"), identifier("world", "world"))


NAME = OpenApiParameter("name", str, required=True, description="Of the policy.")


class WorldPoliciesView(APIView):
    """The policies of a world."""

    parser_classes = [PolicyParser]

    @extend_schema(
        parameters=parameters(FILTERS),
        responses=PolicyRow(many=True),
        operation_id="world_policies_list",
    )
    def get(self, request: Request, world_id: str) -> Response:
        user: Any = request.user
        world = visible_world(request, world_id)
        pages = NewestFirst()
        rows = filtered(policies_visible_to(user).filter(world=world), request, FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(PolicyRow(page or [], many=True).data)

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[NAME],
        responses={201: PolicyRow, 200: PolicyRow},
        operation_id="policies_create",
    )
    @once_per_key()
    def post(self, request: Request, world_id: str) -> Response:
        """Send a policy: the bytes that `qtwin.worlds.policies.dump_policy` writes."""
        user: Any = request.user
        world = writable_world(request, world_id)
        name, data = request.query_params.get("name", ""), request.data
        if not 1 <= len(name) <= 120 or "\0" in name:
            raise PointedError("?name", "allowed: 1 to 120 characters")
        if not isinstance(data, bytes) or not data:
            raise PointedError("", "the body is empty; allowed: the bytes of a policy")
        try:
            policy = policy_receive(world=world, name=name, data=data, by=user)
        except ProgramRejected as error:
            raise PointedError(error.field, str(error)) from error
        except NotReady as error:
            raise Conflict("", str(error)) from error
        return Response(
            PolicyRow(policy).data,
            status=status.HTTP_201_CREATED,
            headers={"Location": f"/api/v1/policies/{policy.pk}"},
        )


class AllPoliciesView(APIView):
    @extend_schema(
        parameters=parameters([*FILTERS, *PLACES]),
        responses=PolicyRow(many=True),
        operation_id="policies_list",
    )
    def get(self, request: Request) -> Response:
        """Policies of all worlds that you see."""
        user: Any = request.user
        pages = NewestFirst()
        rows = filtered(policies_visible_to(user), request, [*FILTERS, *PLACES])
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(PolicyRow(page or [], many=True).data)


def visible_policy(request: Request, policy_id: str) -> Policy:
    user: Any = request.user
    return get_object_or_404(policies_visible_to(user), pk=policy_id)


def writable_policy(request: Request, policy_id: str) -> Policy:
    user: Any = request.user
    return get_object_or_404(policies_writable_by(user), pk=policy_id)


class PolicyView(APIView):
    @extend_schema(responses=PolicyRow, operation_id="policies_detail")
    def get(self, request: Request, policy_id: str) -> Response:
        return Response(PolicyRow(visible_policy(request, policy_id)).data)

    @extend_schema(responses={204: None}, operation_id="policies_delete")
    def delete(self, request: Request, policy_id: str) -> Response:
        """Hide it; its artifact is kept."""
        user: Any = request.user
        policy_delete(policy=writable_policy(request, policy_id), by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PolicyArtifactView(APIView):
    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        operation_id="policies_artifact",
    )
    def get(self, request: Request, policy_id: str) -> HttpResponse:
        """The file: arrays and JSON, which `qtwin.worlds.policies.read_policy` reads."""
        artifact = visible_policy(request, policy_id).artifact
        return HttpResponse(
            artifact_read(artifact),
            content_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{artifact.sha256}.npz"'},
        )
