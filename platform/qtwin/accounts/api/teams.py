"""One's teams over HTTP: made, renamed, left and handed over."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.members import MemberRow, refused_member
from qtwin.accounts.api.scopes import need_own, need_scope
from qtwin.accounts.models import Membership, Scope, Team, User
from qtwin.accounts.selectors import members_of, memberships_of, teams_managed_by, teams_owned_by
from qtwin.accounts.services import membership_end, team_create, team_hand_over, team_rename
from qtwin.accounts.services.membership import MembershipRefused
from qtwin.rest.once import once_per_key
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class OwnTeamRow(serializers.ModelSerializer[Membership]):
    """A team with what one may do in it."""

    id = serializers.UUIDField(source="team_id")
    name = serializers.CharField(source="team.name")
    members = serializers.IntegerField(help_text="How many there are.")
    created_at = serializers.DateTimeField(source="team.created_at")

    class Meta:
        model = Membership
        fields = ["id", "name", "role", "may_approve", "members", "created_at"]


class TeamInput(StrictSerializer):
    name = serializers.CharField(max_length=120)


class HandOverInput(StrictSerializer):
    to = serializers.UUIDField(help_text="The id of the member who becomes an owner.")


class TeamsView(APIView):
    paged = False

    @extend_schema(responses=OwnTeamRow(many=True), operation_id="teams_list")
    def get(self, request: Request) -> Response:
        return Response({"results": OwnTeamRow(memberships_of(caller(request)), many=True).data})

    @extend_schema(
        request=TeamInput,
        responses={201: OwnTeamRow, 200: OwnTeamRow},
        operation_id="teams_create",
    )
    @once_per_key()
    def post(self, request: Request) -> Response:
        """Make a team; you own it."""
        need_own(request)
        data = TeamInput(data=request.data)
        data.is_valid(raise_exception=True)
        team = team_create(owner=caller(request), **data.validated_data)
        return Response(
            _shown(request, team),
            status=status.HTTP_201_CREATED,
            headers={"Location": f"/api/v1/teams/{team.pk}"},
        )


class TeamView(APIView):
    @extend_schema(responses=OwnTeamRow, operation_id="teams_detail")
    def get(self, request: Request, team_id: str) -> Response:
        row = get_object_or_404(memberships_of(caller(request)), team=team_id)
        return Response(OwnTeamRow(row).data)

    @extend_schema(request=TeamInput, responses=OwnTeamRow, operation_id="teams_change")
    def patch(self, request: Request, team_id: str) -> Response:
        """Give the team another name; for owners and admins."""
        need_scope(request, Scope.ADMIN)
        team = get_object_or_404(teams_managed_by(caller(request)), pk=team_id)
        data = TeamInput(data=request.data)
        data.is_valid(raise_exception=True)
        team_rename(team=team, by=caller(request), **data.validated_data)
        return Response(_shown(request, team))


class TeamLeaveView(APIView):
    @extend_schema(request=None, responses={204: None}, operation_id="teams_leave")
    def post(self, request: Request, team_id: str) -> Response:
        """Leave the team; its only owner hands it over first."""
        need_scope(request, Scope.ADMIN)
        row = get_object_or_404(memberships_of(caller(request)), team=team_id)
        try:
            membership_end(membership=row, by=caller(request))
        except MembershipRefused as error:
            raise refused_member(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class TeamHandOverView(APIView):
    @extend_schema(request=HandOverInput, responses=MemberRow, operation_id="teams_hand_over")
    def post(self, request: Request, team_id: str) -> Response:
        """Make another member an owner in your place; you stay as an admin."""
        need_scope(request, Scope.ADMIN)
        team = get_object_or_404(teams_owned_by(caller(request)), pk=team_id)
        data = HandOverInput(data=request.data)
        data.is_valid(raise_exception=True)
        to = get_object_or_404(members_of(team), user=data.validated_data["to"])
        try:
            return Response(MemberRow(team_hand_over(to=to, by=caller(request))).data)
        except MembershipRefused as error:
            raise refused_member(error) from error


def caller(request: Request) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]  # signed in, or the view was not reached


def _shown(request: Request, team: Team) -> Any:
    return OwnTeamRow(memberships_of(caller(request)).get(team=team)).data
