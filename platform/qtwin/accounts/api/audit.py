"""A team's audit trail over HTTP."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_scope
from qtwin.accounts.models import ApiToken, AuditEvent, Scope, User
from qtwin.accounts.selectors import about_action, audit_of, teams_managed_by
from qtwin.rest.filters import Filter, filtered, identifier, parameters, text, times
from qtwin.rest.pages import NewestFirst
from qtwin.rest.view import APIView


class AuditUser(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name"]


class AuditToken(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "agent"]


class AuditRow(serializers.ModelSerializer[AuditEvent]):
    user = AuditUser(allow_null=True, help_text="null for the server itself.")
    token = AuditToken(allow_null=True, help_text="By which the user acted, if by one.")

    class Meta:
        model = AuditEvent
        fields = ["id", "action", "user", "token", "target", "data", "created_at"]


def _action(word: str) -> Q:
    if not 0 < len(word) <= 60:
        raise ValueError("allowed: an action, such as token.create, or its start, such as token.")
    return about_action(word)


AUDIT_FILTERS = (
    Filter(
        name="action",
        read=_action,
        where=lambda value, _: value,
        about="An action such as token.create, or with a dot at its end all that begin so.",
    ),
    identifier("user", "user"),
    identifier("token", "token"),
    text("target", "target", "Kind and id, such as job:…"),
    *times("created_at", "Done"),
)


class AuditView(APIView):
    @extend_schema(
        parameters=parameters(AUDIT_FILTERS),
        responses=AuditRow(many=True),
        operation_id="audit_list",
    )
    def get(self, request: Request, team_id: str) -> Response:
        """Who did what, newest first; for owners and admins."""
        need_scope(request, Scope.ADMIN)
        user: Any = request.user
        team = get_object_or_404(teams_managed_by(user), pk=team_id)
        pages = NewestFirst()
        rows = filtered(audit_of(team), request, AUDIT_FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(AuditRow(page or [], many=True).data)
