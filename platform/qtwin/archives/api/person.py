"""The end of an account, and all that is known of its person, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.me import MeView as Profile
from qtwin.accounts.api.scopes import need_own
from qtwin.accounts.confirmation import confirmed
from qtwin.accounts.models import ApiToken
from qtwin.accounts.services.erase import SoleOwner
from qtwin.accounts.services.guess import TooManyGuesses
from qtwin.accounts.services.proof import WrongProof, proof_check
from qtwin.archives.person import person_document
from qtwin.archives.services import person_erase
from qtwin.rest.problem import Conflict, PointedError, Refused
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView


class Proof(StrictSerializer):
    password = serializers.CharField(
        required=False,
        max_length=4096,
        trim_whitespace=False,
        help_text="Needed, unless a browser signed in or confirmed within ten minutes.",
    )
    code = serializers.CharField(
        required=False, default="", max_length=40, help_text="Where a second step is on."
    )


class MeView(Profile):
    takes_body_to_delete = True

    @extend_schema(request=Proof, responses={204: None}, operation_id="me_erase")
    def delete(self, request: Request) -> Response:
        """Erase the account: the person goes, and what they did stays as evidence.

        Refused with 409 while they are the only owner of a team with other members.
        """
        need_own(request)
        data = Proof(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        if isinstance(request.auth, ApiToken) or not confirmed(request._request.session):
            _prove(request, **data.validated_data)
        try:
            person_erase(user=user)
        except SoleOwner as error:
            raise Conflict("", str(error), code="sole_owner") from None
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeExportView(APIView):
    @extend_schema(
        responses={
            (200, "application/json"): OpenApiResponse(
                OpenApiTypes.OBJECT, description="Lists by what they are about; see the guide."
            )
        },
        operation_id="me_export",
    )
    def get(self, request: Request) -> Response:
        """All that the platform holds about the person, without secrets."""
        need_own(request)
        user: Any = request.user
        name = {"Content-Disposition": 'attachment; filename="qtwin-account.json"'}
        return Response(person_document(user), headers=name)


def _prove(request: Request, *, code: str, password: str | None = None) -> None:
    if password is None:
        raise PointedError("/password", "needed: the account's password", "required")
    user: Any = request.user
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        proof_check(user=user, password=password, code=code, address=address)
    except TooManyGuesses as wait:
        raise Throttled(wait.pause_s) from None
    except WrongProof as wrong:
        raise Refused(f"/{wrong.field}", str(wrong), "wrong_proof", {}) from None
