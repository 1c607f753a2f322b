"""The kill switch of a backend over HTTP, for the jobs of one team."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from backends.errors import UnknownBackend
from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Scope, Team, User
from qtwin.accounts.selectors import teams_managed_by
from qtwin.projects.services import backend_start, backend_stop
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class StartInput(StrictSerializer):
    team = serializers.UUIDField(required=False, help_text="Needed when you manage several.")


class StopInput(StartInput):
    why = serializers.CharField(max_length=400, required=False, default="")


def managed_team(user: User, wanted: Any) -> Team:
    """The team meant, of those that the user manages."""
    teams = list(teams_managed_by(user))
    if wanted is None and len(teams) == 1:
        return teams[0]
    found = next((team for team in teams if team.pk == wanted), None)
    if found is None:
        allowed = ", ".join(str(team.pk) for team in teams) or "none"
        raise PointedError("/team", f"{wanted} is not a team that you manage; allowed: {allowed}")
    return found


class BackendStopView(APIView):
    @extend_schema(request=StopInput, responses={204: None}, operation_id="backends_stop")
    def post(self, request: Request, name: str) -> Response:
        """Let no new job of the team start on it; what runs or was submitted goes on."""
        need_scope(request, Scope.ADMIN)
        data = StopInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        team = managed_team(user, data.validated_data.get("team"))
        try:
            backend_stop(backend=name, team=team, why=data.validated_data["why"], by=user)
        except UnknownBackend as error:
            raise NotFound(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class BackendStartView(APIView):
    @extend_schema(request=StartInput, responses={204: None}, operation_id="backends_start")
    def post(self, request: Request, name: str) -> Response:
        """Let the team's jobs start on it again."""
        need_scope(request, Scope.ADMIN)
        data = StartInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        team = managed_team(user, data.validated_data.get("team"))
        backend_start(backend=name, team=team, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)
