"""Who am I, and my tokens."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from qtwin.accounts.models import ApiToken, Membership, Scope, User
from qtwin.accounts.selectors import tokens_of
from qtwin.accounts.services import token_create, token_revoke
from qtwin.rest.serializer import StrictSerializer


class TeamRow(serializers.ModelSerializer[Membership]):
    id = serializers.UUIDField(source="team.id")
    name = serializers.CharField(source="team.name")

    class Meta:
        model = Membership
        fields = ["id", "name", "role", "may_approve"]


class Me(serializers.ModelSerializer[User]):
    teams = TeamRow(source="memberships", many=True)

    class Meta:
        model = User
        fields = ["id", "email", "name", "teams"]


class TokenInput(StrictSerializer):
    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class TokenRow(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at"]


class NewToken(TokenRow):
    token = serializers.CharField(help_text="Shown once.")

    class Meta(TokenRow.Meta):
        fields = [*TokenRow.Meta.fields, "token"]


def may_manage_tokens(request: Request) -> None:
    """A token must not make a stronger one: only sessions and admin tokens manage tokens."""
    if isinstance(request.auth, ApiToken) and Scope.ADMIN not in request.auth.scopes:
        raise PermissionDenied(f"the token's scopes are {request.auth.scopes}; needed: admin")


class MeView(APIView):
    @extend_schema(responses=Me, operation_id="me")
    def get(self, request: Request) -> Response:
        me: Any = request.user
        user = User.objects.prefetch_related("memberships__team").get(pk=me.pk)
        return Response(Me(user).data)


class TokensView(APIView):
    paged = False

    @extend_schema(responses=TokenRow(many=True), operation_id="tokens_list")
    def get(self, request: Request) -> Response:
        user: Any = request.user
        return Response({"results": TokenRow(tokens_of(user), many=True).data})

    @extend_schema(request=TokenInput, responses={201: NewToken}, operation_id="tokens_create")
    def post(self, request: Request) -> Response:
        may_manage_tokens(request)
        data = TokenInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        token, text = token_create(user=user, **data.validated_data)
        body = {**TokenRow(token).data, "token": text}
        return Response(body, status=status.HTTP_201_CREATED)


class TokenView(APIView):
    @extend_schema(responses={204: None}, operation_id="tokens_revoke")
    def delete(self, request: Request, token_id: str) -> Response:
        may_manage_tokens(request)
        user: Any = request.user
        token_revoke(token=get_object_or_404(tokens_of(user), pk=token_id), by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)
