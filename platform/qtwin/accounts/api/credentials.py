"""A team's keys to vendors over HTTP: put in, told apart, tested and revoked; never read back."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Credential, CredentialTest, Scope, Team
from qtwin.accounts.selectors import credentials_of, teams_managed_by
from qtwin.accounts.services import credential_add, credential_revoke, credential_test_ask
from qtwin.accounts.services.credential import MOST_SECRET, SecretRefused
from qtwin.accounts.services.credential_test import CannotTest
from qtwin.rest.once import once_per_key
from qtwin.rest.problem import Conflict, PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class TestRow(serializers.ModelSerializer[CredentialTest]):
    class Meta:
        model = CredentialTest
        fields = ["id", "outcome", "detail", "created_at", "finished_at"]


class CredentialRow(serializers.ModelSerializer[Credential]):
    last_test = serializers.SerializerMethodField()

    class Meta:
        model = Credential
        fields = [
            "id",
            "vendor",
            "label",
            "last_four",
            "created_at",
            "last_used_at",
            "revoked_at",
            "last_test",
        ]

    @extend_schema_field(TestRow(allow_null=True))
    def get_last_test(self, row: Credential) -> Any:
        """The newest one, which may be under way."""
        tests = list(row.tests.all())
        return TestRow(tests[0]).data if tests else None


class CredentialInput(StrictSerializer):
    vendor = serializers.CharField(max_length=40, help_text="E.g. braket or ibm.")
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]  # the body's
    secret = serializers.JSONField(
        write_only=True, help_text="The vendor's JSON document, or a token as text."
    )

    def validate_secret(self, value: Any) -> str:
        """As text, without a word of it in what is refused."""
        if isinstance(value, dict):
            value = json.dumps(value)
        if not isinstance(value, str) or not value.strip():
            raise serializers.ValidationError("allowed: a JSON object, or text")
        if len(value) > MOST_SECRET:
            raise serializers.ValidationError(
                f"{len(value)} characters; allowed: at most {MOST_SECRET}"
            )
        return value.strip()


def managed_team(request: Request, team_id: str) -> Team:
    """The team, for its owners and admins; a token needs the scope admin even to look."""
    need_scope(request, Scope.ADMIN)
    user: Any = request.user
    found: Team = get_object_or_404(teams_managed_by(user), pk=team_id)
    return found


class CredentialsView(APIView):
    paged = False

    @extend_schema(responses=CredentialRow(many=True), operation_id="credentials_list")
    def get(self, request: Request, team_id: str) -> Response:
        """The team's keys to vendors, revoked ones too; for owners and admins."""
        rows = credentials_of(managed_team(request, team_id))
        return Response({"results": CredentialRow(rows, many=True).data})

    @extend_schema(
        request=CredentialInput,
        responses={201: CredentialRow, 200: CredentialRow},
        operation_id="credentials_create",
    )
    @once_per_key()
    def post(self, request: Request, team_id: str) -> Response:
        """Keep a key; jobs use the newest of its vendor. It can never be read back."""
        team = managed_team(request, team_id)
        data = CredentialInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        try:
            made = credential_add(team=team, by=user, **data.validated_data)
        except SecretRefused as error:
            raise PointedError(error.pointer, str(error)) from None
        return Response(CredentialRow(made).data, status=status.HTTP_201_CREATED)


class CredentialRevokeView(APIView):
    @extend_schema(request=None, responses=CredentialRow, operation_id="credentials_revoke")
    def post(self, request: Request, team_id: str, credential_id: str) -> Response:
        """Forget the secret; jobs that need it wait until there is another one."""
        rows = credentials_of(managed_team(request, team_id))
        user: Any = request.user
        credential_revoke(credential=get_object_or_404(rows, pk=credential_id), by=user)
        return Response(CredentialRow(rows.get(pk=credential_id)).data)


class CredentialTestView(APIView):
    @extend_schema(request=None, responses={202: CredentialRow}, operation_id="credentials_test")
    def post(self, request: Request, team_id: str, credential_id: str) -> Response:
        """Ask the vendor for its devices, which costs nothing; ``last_test`` says what came."""
        rows = credentials_of(managed_team(request, team_id))
        user: Any = request.user
        try:
            credential_test_ask(credential=get_object_or_404(rows, pk=credential_id), by=user)
        except CannotTest as error:
            raise Conflict("", str(error)) from None
        shown = CredentialRow(rows.get(pk=credential_id)).data
        return Response(shown, status=status.HTTP_202_ACCEPTED, headers={"Retry-After": "1"})
