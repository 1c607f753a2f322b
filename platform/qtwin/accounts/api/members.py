"""Who is in a team and what each may do there."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Membership, Role, Scope
from qtwin.accounts.selectors import members_of, teams_managed_by, teams_visible_to
from qtwin.accounts.services import membership_change
from qtwin.accounts.services.team import LastOwner, MembershipRefused
from qtwin.rest.problem import Conflict, Refused
from qtwin.rest.serializer import StrictSerializer


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
        required=False, help_text="Whether they may approve what jobs cost."
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
        except LastOwner as error:
            raise Conflict(f"/{error.field}", str(error)) from error
        except MembershipRefused as error:
            pointer = f"/{error.field}" if error.field else ""
            raise Refused(pointer, str(error), "owners_only", {}) from error
        return Response(MemberRow(membership).data)
