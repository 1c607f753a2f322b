"""Invitations over HTTP: made by owners and admins, accepted by whom they are for."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.me import TeamRow
from qtwin.accounts.api.scopes import need_own, need_scope
from qtwin.accounts.models import Invitation, Membership, Role, Scope, Team
from qtwin.accounts.selectors import invitations_open, teams_managed_by
from qtwin.accounts.services import (
    invitation_accept,
    invitation_register,
    invitation_revoke,
    invitation_send,
)
from qtwin.accounts.services.invitation import InvitationRefused
from qtwin.rest.once import once_per_key
from qtwin.rest.problem import Conflict, PointedError, Refused
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class InvitationRow(serializers.ModelSerializer[Invitation]):
    invited_by = serializers.CharField(source="created_by.name", default="")

    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "invited_by", "created_at", "expires_at"]


class NewInvitation(InvitationRow):
    link = serializers.CharField(
        help_text="To hand on; shown once, and empty if it was mailed.", allow_blank=True
    )
    mailed = serializers.BooleanField()

    class Meta(InvitationRow.Meta):
        fields = [*InvitationRow.Meta.fields, "link", "mailed"]


class InvitationInput(StrictSerializer):
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Role.choices, help_text="Not above your own.")


class AcceptInput(StrictSerializer):
    secret = serializers.CharField(max_length=200, help_text="The last part of the link.")
    name = serializers.CharField(max_length=120, required=False, help_text="For a new account.")
    password = serializers.CharField(
        max_length=1000, required=False, trim_whitespace=False, help_text="For a new account."
    )


class InvitationsView(APIView):
    paged = False

    @extend_schema(responses=InvitationRow(many=True), operation_id="invitations_list")
    def get(self, request: Request, team_id: str) -> Response:
        """Those that were neither accepted nor revoked; for owners and admins."""
        rows = invitations_open(_managed(request, team_id))
        return Response({"results": InvitationRow(rows, many=True).data})

    @extend_schema(
        request=InvitationInput,
        responses={201: NewInvitation, 200: NewInvitation},
        operation_id="invitations_create",
    )
    @once_per_key("link")
    def post(self, request: Request, team_id: str) -> Response:
        """Invite a person; an open invitation to the same address ends."""
        team = _managed(request, team_id)
        data = InvitationInput(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        try:
            made = invitation_send(
                team=team,
                email=data.validated_data["email"],
                role=Role(data.validated_data["role"]),
                by=user,
                address=lambda secret: request.build_absolute_uri(
                    reverse("web:invitation", args=[secret])
                ),
            )
        except InvitationRefused as error:
            raise _problem(error) from error
        row = InvitationRow(made.invitation).data
        body = {**row, "link": made.link, "mailed": made.mailed}
        return Response(body, status=status.HTTP_201_CREATED)


class InvitationView(APIView):
    @extend_schema(responses={204: None}, operation_id="invitations_revoke")
    def delete(self, request: Request, team_id: str, invitation_id: str) -> Response:
        """Let its link open nothing any more."""
        rows = invitations_open(_managed(request, team_id))
        user: Any = request.user
        invitation_revoke(invitation=get_object_or_404(rows, pk=invitation_id), by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationAcceptView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(request=AcceptInput, responses=TeamRow, operation_id="invitations_accept")
    def post(self, request: Request) -> Response:
        """Join the team: signed in with the address invited, or with the name and password of a
        new account.
        """  # noqa: D205 - one sentence
        need_own(request)
        data = AcceptInput(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            membership = _accepted(request, data.validated_data)
        except InvitationRefused as error:
            raise _problem(error) from error
        except ValidationError as error:
            raise PointedError("/password", " ".join(error.messages)) from error
        return Response(TeamRow(membership).data)


def _accepted(request: Request, given: dict[str, str]) -> Membership:
    user: Any = request.user
    if user.is_authenticated:
        return invitation_accept(secret=given["secret"], user=user)
    for name in ("name", "password"):
        if not given.get(name):
            raise PointedError(f"/{name}", "needed for a new account; or sign in first")
    return invitation_register(
        secret=given["secret"], name=given["name"], password=given["password"]
    )


def _managed(request: Request, team_id: str) -> Team:
    need_scope(request, Scope.ADMIN)
    user: Any = request.user
    found: Team = get_object_or_404(teams_managed_by(user), pk=team_id)
    return found


def _problem(error: InvitationRefused) -> PointedError:
    pointer = f"/{error.field}" if error.field else ""
    if error.code == "member":
        return Conflict(pointer, str(error))
    if error.code == "invalid":
        return PointedError("/secret", str(error))
    return Refused(pointer, str(error), error.code, {})
