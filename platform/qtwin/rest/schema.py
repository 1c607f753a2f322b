"""How the OpenAPI document describes what all views have in common: lists, pages and problems."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.pagination import CursorPagination

from qtwin.rest.pages import NewestFirst
from qtwin.rest.problem import CONTENT_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong with a request, as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail", "instance"],
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


class Schema(AutoSchema):
    """A view whose list is short says ``paged = False``."""

    def _get_paginator(self) -> CursorPagination:
        return NewestFirst() if getattr(self.view, "paged", True) else Whole()


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of every operation how it refuses."""
    result["components"]["schemas"]["ProblemDocument"] = PROBLEM
    reference = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    refusal = {"description": "Refused", "content": {CONTENT_TYPE: reference}}
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"]["4XX"] = refusal
    return result
