"""One's API tokens over HTTP: what each may do, where, until when and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.acting import is_bound
from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import Scope, User
from qtwin.accounts.selectors import tokens_of
from qtwin.accounts.services import token_revoke
from qtwin.accounts.services.token import TokenRefused
from qtwin.projects.api.amount import AmountField
from qtwin.projects.models import Project
from qtwin.projects.selectors import projects_visible_to
from qtwin.projects.services import token_budget_set, token_issue
from qtwin.projects.tokens import facts_of, tokens_shown
from qtwin.rest.once import once_per_key
from qtwin.rest.problem import PointedError
from qtwin.rest.serializer import StrictSerializer
from qtwin.rest.view import APIView

MOST_PROJECTS = 100


class TokenBudgetRow(serializers.Serializer[Any]):
    limit = AmountField()
    reserved = AmountField()
    spent = AmountField()
    left = serializers.SerializerMethodField(help_text="Negative when overdrawn.")

    def get_left(self, row: Any) -> float:
        return float(AmountField().to_representation(row.left))


class TokenRow(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="token.pk")
    name = serializers.CharField(source="token.name")
    prefix = serializers.CharField(source="token.prefix")
    scopes = serializers.ListField(child=serializers.CharField(), source="token.scopes")
    agent = serializers.BooleanField(source="token.agent")
    projects = serializers.SerializerMethodField(help_text="Ids; null for all that you reach.")
    budget = TokenBudgetRow(allow_null=True, help_text="USD in all.")
    budget_per_day = TokenBudgetRow(allow_null=True, help_text="USD today (UTC).")
    created_at = serializers.DateTimeField(source="token.created_at")
    expires_at = serializers.DateTimeField(source="token.expires_at", allow_null=True)
    last_used_at = serializers.DateTimeField(source="token.last_used_at", allow_null=True)

    def get_projects(self, row: Any) -> list[str] | None:
        return None if row.projects is None else [str(project.pk) for project in row.projects]


class NewToken(TokenRow):
    token = serializers.SerializerMethodField(help_text="Shown once.")

    def get_token(self, row: Any) -> str:
        return str(self.context.get("text", ""))


class TokenBudgetInput(StrictSerializer):
    budget = AmountField(required=False, help_text="USD in all.")
    budget_per_day = AmountField(required=False, help_text="USD per UTC day.")


class TokenInput(TokenBudgetInput):
    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1
    )
    expires_at = serializers.DateTimeField(
        required=False, help_text="In a year at the latest; 90 days if left out."
    )
    projects = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_null=True,
        min_length=1,
        max_length=MOST_PROJECTS,
        help_text="The only ones that it reaches; null for all that you reach.",
    )
    agent = serializers.BooleanField(
        required=False,
        default=False,
        help_text="For a program that decides itself: it never approves, sets budgets, reads "
        "credentials, makes tokens or changes who may what.",
    )


def may_manage_tokens(request: Request) -> User:
    """A token must not make a stronger one: only sessions and whole admin tokens manage tokens."""
    need_scope(request, Scope.ADMIN)
    user: Any = request.user
    if is_bound(user):
        raise PermissionDenied("a token that is bound to projects manages no tokens")
    return user  # type: ignore[no-any-return]  # signed in, or the view was not reached


class TokensView(APIView):
    paged = False

    @extend_schema(responses=TokenRow(many=True), operation_id="tokens_list")
    def get(self, request: Request) -> Response:
        user: Any = request.user
        return Response({"results": TokenRow(tokens_shown(user), many=True).data})

    @extend_schema(
        request=TokenInput, responses={201: NewToken, 200: NewToken}, operation_id="tokens_create"
    )
    @once_per_key("token")
    def post(self, request: Request) -> Response:
        """Make a token; its text is in this answer only."""
        user = may_manage_tokens(request)
        data = TokenInput(data=request.data)
        data.is_valid(raise_exception=True)
        fields = dict(data.validated_data)
        try:
            token, text = token_issue(
                user=user, projects=_projects(user, fields.pop("projects", None)), **fields
            )
        except TokenRefused as error:
            raise PointedError(f"/{error.field}", str(error)) from error
        body = NewToken(facts_of([token])[0], context={"text": text}).data
        return Response(body, status=status.HTTP_201_CREATED)


class TokenView(APIView):
    @extend_schema(request=TokenBudgetInput, responses=TokenRow, operation_id="tokens_change")
    def patch(self, request: Request, token_id: str) -> Response:
        """Set what may be spent with it."""
        user = may_manage_tokens(request)
        token = get_object_or_404(tokens_of(user), pk=token_id)
        data = TokenBudgetInput(data=request.data)
        data.is_valid(raise_exception=True)
        token_budget_set(token=token, by=user, **data.validated_data)
        return Response(TokenRow(facts_of([token])[0]).data)

    @extend_schema(responses={204: None}, operation_id="tokens_revoke")
    def delete(self, request: Request, token_id: str) -> Response:
        """Refuse it from the next request on."""
        user = may_manage_tokens(request)
        token_revoke(token=get_object_or_404(tokens_of(user), pk=token_id), by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _projects(user: User, wanted: Sequence[Any] | None) -> list[Project] | None:
    if wanted is None:
        return None
    found = {project.pk: project for project in projects_visible_to(user).filter(pk__in=wanted)}
    for index, pk in enumerate(wanted):
        if pk not in found:
            raise PointedError(f"/projects/{index}", f"{pk} is not a project of yours")
    return list(found.values())
