"""The caller's inbox over HTTP."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.accounts.api.scopes import need_own
from qtwin.comments.api.rows import MentionRow, MentionsRead, ReadCount
from qtwin.comments.selectors import mentions_of
from qtwin.comments.services import mentions_read
from qtwin.rest.filters import filtered, parameters, truth
from qtwin.rest.pages import NewestFirst
from qtwin.rest.view import APIView

MENTION_FILTERS = (truth("read", lambda value, _: Q(read_at__isnull=not value)),)


class MentionsView(APIView):
    @extend_schema(
        parameters=parameters(MENTION_FILTERS),
        responses=MentionRow(many=True),
        operation_id="mentions_list",
    )
    def get(self, request: Request) -> Response:
        """Comments of others that name you, newest first."""
        user: Any = request.user
        pages = NewestFirst()
        rows = filtered(mentions_of(user), request, MENTION_FILTERS)
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(MentionRow(page or [], many=True).data)


class MentionsReadView(APIView):
    @extend_schema(request=MentionsRead, responses=ReadCount, operation_id="mentions_read")
    def post(self, request: Request) -> Response:
        """Mark them as read."""
        need_own(request)
        data = MentionsRead(data=request.data)
        data.is_valid(raise_exception=True)
        user: Any = request.user
        return Response({"read": mentions_read(user=user, only=data.validated_data.get("ids"))})
