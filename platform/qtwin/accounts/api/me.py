"""Who am I."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_own
from qtwin.accounts.models import Membership, User
from qtwin.accounts.selectors import memberships_of
from qtwin.accounts.services import account_mention_mail, account_rename
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class TeamRow(serializers.ModelSerializer[Membership]):
    id = serializers.UUIDField(source="team.id")
    name = serializers.CharField(source="team.name")

    class Meta:
        model = Membership
        fields = ["id", "name", "role", "may_approve"]


class Me(serializers.ModelSerializer[User]):
    teams = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "email", "name", "mention_mail", "teams"]

    @extend_schema_field(TeamRow(many=True))
    def get_teams(self, user: User) -> Any:
        return TeamRow(memberships_of(user), many=True).data


class MeInput(StrictSerializer):
    name = serializers.CharField(max_length=120, required=False)
    mention_mail = serializers.BooleanField(
        required=False, help_text="Whether you get mail when a comment names you."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(
                f"nothing to change; allowed: {', '.join(self.fields)}"
            )
        return attrs


class MeView(APIView):
    @extend_schema(responses=Me, operation_id="me")
    def get(self, request: Request) -> Response:
        """Who you are, and your teams; none for a token that is bound to projects."""
        user: Any = request.user
        return Response(Me(user).data)

    @extend_schema(request=MeInput, responses=Me, operation_id="me_change")
    def patch(self, request: Request) -> Response:
        """Take another name, and say whether mentions are mailed to you."""
        need_own(request)
        data = MeInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        if "name" in data.validated_data:
            account_rename(user=user, name=data.validated_data["name"])
        if "mention_mail" in data.validated_data:
            account_mention_mail(user=user, wanted=data.validated_data["mention_mail"])
        return Response(Me(user).data)
