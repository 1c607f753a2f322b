"""The view that every route of the API is: what all of them have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import status, views
from rest_framework.request import Request
from rest_framework.response import Response

from qtwin.rest.declared import FIELDS, Declared, declared
from qtwin.rest.problem import PointedError
from qtwin.rest.tags import is_known, tag_of

KEPT = "private, no-cache"
"""A cache may keep it for this caller, and must ask each time whether it still holds."""


class APIView(views.APIView):  # noqa: TID251 - this is what takes its place
    """Refuses queries that mean nothing, picks the fields that are asked for, and tags objects.

    Attributes:
        paged: Whether its list has a cursor.
        moving: Members of its object that move with the clock alone; its ETag is weak then.
        tagged: Whether the answer to a POST is the object, with the same ETag as of a GET.
    """

    paged: ClassVar[bool] = True
    moving: ClassVar[frozenset[str]] = frozenset()
    tagged: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = "get" if request.method == "HEAD" else str(request.method).lower()
        if hasattr(type(self), method):  # else it is refused next
            known = declared(self, method)
            _check_query(request, known)
            _check_headers(request, known)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        data = getattr(response, "data", None)
        if not isinstance(data, dict) or not status.is_success(response.status_code):
            return response
        reads = request.method in {"GET", "HEAD"}
        asked = request.query_params.get(FIELDS) if reads else None
        if asked is not None:
            response.data = _picked(data, asked.split(","))
        if "results" in data or not self._is_object(request):
            return response
        tag = self.tag(response.data, whole=asked is None)
        if reads and is_known(request.headers, tag):
            response = super().finalize_response(request, Response(status=304), *args, **kwargs)
        response["ETag"], response["Cache-Control"] = tag, KEPT
        return response

    def tag(self, data: dict[str, Any], *, whole: bool = True) -> str:
        """The object's ETag; weak where some fields were left out."""
        tag = tag_of(data, without=self.moving)
        return tag if whole or self.moving else f"W/{tag}"

    def _is_object(self, request: Any) -> bool:
        return request.method in {"GET", "HEAD", "PATCH"} or self.tagged


def _check_query(request: Request, known: Declared) -> None:
    for name in request.query_params:
        if name not in known.query:
            allowed = ", ".join(sorted(known.query)) or "none"
            raise PointedError(
                f"?{name}"[:80], f"unknown parameter {name[:40]!r}; allowed: {allowed}", "unknown"
            )
    for name in request.query_params.get(FIELDS, "").split(",") if known.members else []:
        if name not in known.members and FIELDS in request.query_params:
            allowed = ", ".join(known.members)
            raise PointedError(
                f"?{FIELDS}", f"unknown field {name[:40]!r}; allowed: {allowed}", "unknown"
            )


def _check_headers(request: Request, known: Declared) -> None:
    """Refuse a condition that would not be looked at."""
    if "If-Match" in request.headers and "If-Match" not in known.headers:
        raise PointedError("If-Match", "this request takes no condition; allowed: none")


def _picked(data: dict[str, Any], names: list[str]) -> dict[str, Any]:
    if "results" in data:
        return {**data, "results": [_picked(row, names) for row in data["results"]]}
    return {name: data[name] for name in names if name in data}
