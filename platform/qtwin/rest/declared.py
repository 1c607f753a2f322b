"""What a view says of itself to the OpenAPI document, read again to check requests against it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

FIELDS = "fields"
PAGE = ("cursor", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One method of a view.

    Attributes:
        query: Names that may be in the query.
        headers: Names of headers that it looks at.
        members: Of the object, or of each object of the list, that it answers; empty for others.
        many: Whether it is a list.
    """

    query: tuple[str, ...]
    headers: tuple[str, ...]
    members: tuple[str, ...]
    many: bool


def declared(view: Any, method: str) -> Declared:
    """What the view says of a method."""
    kind: Any = type(view)
    return _declared(kind, method.lower())


@cache
def _declared(kind: type[object], method: str) -> Declared:
    schema = _schema(kind, method)
    answer = answered(schema.get_response_serializers()) if method == "get" else None
    named = [one for one in schema.get_override_parameters() if isinstance(one, OpenApiParameter)]
    query = [one.name for one in named if one.location == OpenApiParameter.QUERY]
    headers = [one.name for one in named if one.location == OpenApiParameter.HEADER]
    many = isinstance(answer, ListSerializer)
    if many and getattr(kind, "paged", True):
        query += PAGE
    return Declared(
        query=tuple(query), headers=tuple(headers), members=members_of(answer), many=many
    )


def _schema(kind: type[object], method: str) -> Any:
    view: Any = kind()
    view.request, view.kwargs = None, {}
    schema = getattr(getattr(view, method), "kwargs", {}).get("schema", type(view.schema))()
    schema.view, schema.method = view, method.upper()
    return schema


def answered(responses: Any) -> Any:
    """The serializer of the good answer in JSON, or None."""
    if isinstance(responses, dict):
        responses = responses.get(200) or responses.get((200, "application/json"))
    if isinstance(responses, type) and issubclass(responses, Serializer):
        responses = responses()
    return responses if isinstance(responses, BaseSerializer) else None


def members_of(answer: Any) -> tuple[str, ...]:
    """Names of the members of what a serializer writes."""
    one = answer.child if isinstance(answer, ListSerializer) else answer
    if not isinstance(one, Serializer):
        return ()
    return tuple(name for name, field in one.fields.items() if not field.write_only)
