"""What whoever asks may do in a project, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import has_scope
from qtwin.accounts.models import Scope
from qtwin.projects.rights import rights_of
from qtwin.projects.selectors import projects_visible_to
from qtwin.rest.view import APIView


class RightsRow(serializers.Serializer[Any]):
    submit = serializers.BooleanField(help_text="Jobs, cancelling, imports.")
    spend = serializers.BooleanField(help_text="Jobs that cost money, as far as budgets go.")
    why_not = serializers.CharField(
        help_text="What is missing for the first that is refused; empty: nothing."
    )


class RightsView(APIView):
    @extend_schema(responses=RightsRow, operation_id="projects_rights")
    def get(self, request: Request, project_id: str) -> Response:
        """What this request's token, or session, may do in the project."""
        user: Any = request.user
        project = get_object_or_404(projects_visible_to(user), pk=project_id)
        rights = rights_of(
            user,
            project,
            may_submit=has_scope(request, Scope.SUBMIT),
            may_spend=has_scope(request, Scope.SPEND),
        )
        return Response(RightsRow(rights).data)
