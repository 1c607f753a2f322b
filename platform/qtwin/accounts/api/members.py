"""Who is in a team and what each may do there."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Membership, Role, Scope
from qtwin.accounts.selectors import members_of, teams_managed_by, teams_visible_to
from qtwin.accounts.services import membership_change, membership_end
from qtwin.accounts.services.membership import LastOwner, MembershipRefused
from qtwin.rest.problem import Conflict, PointedError, Refused
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class MemberRow(serializers.ModelSerializer[Membership]):
    id = serializers.UUIDField(source="user_id", help_text="The user's.")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ["id", "name", "email", "role", "may_approve", "created_at"]


class MemberInput(StrictSerializer):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    may_approve = serializers.BooleanField(
        required=False, help_text="Whether they may approve what jobs cost; owners say so."
    )


class MembersView(APIView):
    paged = False

    @extend_schema(responses=MemberRow(many=True), operation_id="members_list")
    def get(self, request: Request, team_id: str) -> Response:
        user: Any = request.user
        team = get_object_or_404(teams_visible_to(user), pk=team_id)
        return Response({"results": MemberRow(members_of(team), many=True).data})


class MemberView(APIView):
    @extend_schema(request=MemberInput, responses=MemberRow, operation_id="members_change")
    def patch(self, request: Request, team_id: str, user_id: str) -> Response:
        """Change a member's role or right to approve; for owners and admins of the team."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        team = get_object_or_404(teams_managed_by(user), pk=team_id)
        membership = get_object_or_404(members_of(team), user=user_id)
        data = MemberInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            membership_change(membership=membership, by=user, **data.validated_data)
        except MembershipRefused as error:
            raise refused_member(error) from error
        return Response(MemberRow(membership).data)

    @extend_schema(responses={204: None}, operation_id="members_end")
    def delete(self, request: Request, team_id: str, user_id: str) -> Response:
        """Take a member out of the team; for its owners and admins."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        team = get_object_or_404(teams_managed_by(user), pk=team_id)
        try:
            membership_end(membership=get_object_or_404(members_of(team), user=user_id), by=user)
        except MembershipRefused as error:
            raise refused_member(error) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def refused_member(error: MembershipRefused) -> PointedError:
    """As a problem that names the field."""
    pointer = f"/{error.field}" if error.field else ""
    if isinstance(error, LastOwner):
        return Conflict(pointer, str(error))
    return Refused(pointer, str(error), "owners_only", {})
