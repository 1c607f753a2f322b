"""How the OpenAPI document describes what all views have in common: lists, pages and problems."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_doc
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination
from rest_framework.serializers import ListSerializer

from qtwin.rest.declared import FIELDS, answered, members_of
from qtwin.rest.document import CONTENT_TYPE
from qtwin.rest.pages import NewestFirst

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong with a request, as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:qtwin:problem:invalid"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Names the field, the value, what is allowed."},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the request."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


class Whole(CursorPagination):
    """A list that is given whole, under ``results`` like any other."""

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        return {"type": "object", "required": ["results"], "properties": {"results": schema}}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return []


PICKED = OpenApiParameter(
    FIELDS, str, description="Only these members, by name, with commas between them."
)
KNOWN = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="An ETag; the answer is 304 while the object has it.",
)

KEYED = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key and body make nothing anew, and are answered again.",
)


class Schema(AutoSchema):
    """A view whose list is short says ``paged = False``."""

    def get_description(self) -> str:  # type: ignore[override]  # as its base has it
        """What the view or its method says of itself, and nothing that all views inherit."""
        told = str(super().get_description() or "")
        bases = [base for base in type(self.view).__mro__ if base.__module__ == "qtwin.rest.view"]
        return "" if told in map(get_doc, bases) else told

    def get_override_parameters(self) -> list[Any]:
        if getattr(getattr(self.view, str(self.method).lower()), "once", False):
            return [KEYED]
        answer = answered(self.get_response_serializers()) if self.method == "GET" else None
        if not members_of(answer):
            return []
        return [PICKED] if isinstance(answer, ListSerializer) else [PICKED, KNOWN]

    def _get_request_body(self, direction: Any = "request") -> Any:
        """Of a DELETE too, where the view says that it takes one."""
        plain: Any = super()
        if self.method != "DELETE" or not getattr(self.view, "takes_body_to_delete", False):
            return plain._get_request_body(direction)
        self.method = "POST"
        try:
            return plain._get_request_body(direction)
        finally:
            self.method = "DELETE"

    def _get_paginator(self) -> CursorPagination:
        return NewestFirst() if getattr(self.view, "paged", True) else Whole()


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of every operation how it refuses, and of what has an ETag that it may be known."""
    result["components"]["schemas"]["ProblemDocument"] = PROBLEM
    reference = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    refusal = {"description": "Refused", "content": {CONTENT_TYPE: reference}}
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"]["4XX"] = refusal
            if any(one["name"] == KNOWN.name for one in operation.get("parameters", ())):
                operation["responses"]["304"] = {"description": "The object has that ETag."}
    return result
