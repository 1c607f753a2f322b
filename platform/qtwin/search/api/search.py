"""The search over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.problem import PointedError
from qtwin.rest.view import APIView
from qtwin.search.find import find
from qtwin.search.hit import Kind
from qtwin.search.words import LONGEST

KINDS = [kind.value for kind in Kind]
Q = OpenApiParameter(
    "q", str, required=True, description=f"Words, or the beginning of an id; at most {LONGEST}."
)
KIND = OpenApiParameter("kind", str, enum=KINDS, description="Only these, and more of them.")


class HitRow(serializers.Serializer[Any]):
    id = serializers.CharField(allow_blank=True, help_text="Its id or name in the API.")
    title = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    page = serializers.CharField(help_text="Of the dashboard, below the server's address.")


class GroupRow(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KINDS)
    hits = HitRow(many=True)
    more = serializers.BooleanField(help_text="Whether there are others; kind asks for them.")


class Found(serializers.Serializer[Any]):
    groups = GroupRow(many=True)


class SearchView(APIView):
    paged = False

    @extend_schema(parameters=[Q, KIND], responses=Found, operation_id="search")
    def get(self, request: Request) -> Response:
        """What you may see that has all of the words in it, by kind; five of each."""
        text = request.query_params.get("q", "")
        if not text.strip() or len(text) > LONGEST or "\0" in text:
            raise PointedError("?q", f"{len(text)} characters; allowed: 1 to {LONGEST}")
        kind = request.query_params.get("kind")
        if kind is not None and kind not in KINDS:
            raise PointedError("?kind", f"{kind[:40]!r}; allowed: {', '.join(KINDS)}")
        user: Any = request.user
        groups = find(user, text, only=Kind(kind) if kind else None)
        return Response(Found({"groups": groups}).data)
