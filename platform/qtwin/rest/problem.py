"""Errors as RFC 9457 ``application/problem+json``, with a JSON pointer for each bad field."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, status
from rest_framework.response import Response

from qtwin.rest.document import CONTENT_TYPE, document
from qtwin.stored import Away, Erased

log = logging.getLogger(__name__)


class PointedError(exceptions.APIException):
    """One field is wrong; ``pointer`` says which.

    Args:
        pointer: JSON pointer into the request body.
        detail: Names the value and what is allowed.
    """

    status_code: int = status.HTTP_400_BAD_REQUEST
    default_code = "invalid"

    def __init__(self, pointer: str, detail: str, code: str | None = None) -> None:
        super().__init__(detail, code)
        self.pointer = pointer


class PayloadTooLarge(PointedError):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self, limit: int, pointer: str) -> None:
        super().__init__(pointer, f"the body is too large; allowed: at most {limit} bytes")


class Conflict(PointedError):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Refused(PointedError):
    """Well-formed, and not allowed; ``facts`` are members of the problem document of their own."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "refused"

    def __init__(self, pointer: str, detail: str, code: str, facts: dict[str, Any]) -> None:
        super().__init__(pointer, detail, code)
        self.facts = facts


class StoreAway(exceptions.APIException):
    """What is asked for is stored where nobody answers at the moment."""

    status_code: int = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "store_away"


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """Turn what a view raised into a problem document."""
    from rest_framework.views import exception_handler  # which imports the parser, and that this

    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, Erased):
        error = exceptions.NotFound(str(error))
    elif isinstance(error, Away):
        error = StoreAway(str(error))
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return _bug(error, context)
    response.data = problem_of(error, context["request"].path)
    response.content_type = CONTENT_TYPE
    return response


def problem_of(error: exceptions.APIException, instance: str) -> dict[str, Any]:
    """The document of what a view raised."""
    body = document(
        status=error.status_code,
        code=_code(error),
        detail=_sentence(error),
        instance=instance,
        errors=list(errors_of(error)),
    )
    return body | error.facts if isinstance(error, Refused) else body


def _bug(error: Exception, context: dict[str, Any]) -> Response:
    """What nobody expected: the log knows what it was, the caller only that it was ours."""
    incident = secrets.token_hex(6)
    path = context["request"].path
    log.error("incident %s at %s", incident, path, exc_info=error)
    detail = f"This is our fault. Nothing was lost; try again, or report incident {incident}."
    code = status.HTTP_500_INTERNAL_SERVER_ERROR
    body = document(status=code, code="internal", detail=detail, instance=path)
    return Response(body, status=code, content_type=CONTENT_TYPE)


@csrf_exempt
def not_found(request: HttpRequest) -> JsonResponse:
    """The answer to an address that the API does not have."""
    detail = f"{request.path} is not an address of this API; /api/v1/docs lists them"
    body = document(status=404, code="not_found", detail=detail, instance=request.path)
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _sentence(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        first = next(errors_of(error), None)
        return f"{first['pointer'] or 'body'}: {first['detail']}" if first else "invalid"
    return str(error.detail)


def errors_of(error: exceptions.APIException) -> Iterator[dict[str, str]]:
    """What is wrong, field by field."""
    if isinstance(error, PointedError):
        yield {"pointer": error.pointer, "code": _code(error), "detail": str(error.detail)}
    elif isinstance(error, exceptions.ValidationError):
        yield from _walk(error.get_full_details(), "")


def _walk(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, list):
        for index, item in enumerate(detail):
            leaf = isinstance(item, dict) and {"message", "code"} <= set(item)
            yield from _walk(item, pointer if leaf else f"{pointer}/{index}")
    elif isinstance(detail, dict) and {"message", "code"} <= set(detail):
        yield {"pointer": pointer, "code": detail["code"], "detail": str(detail["message"])}
    elif isinstance(detail, dict):
        for key, item in detail.items():
            yield from _walk(item, pointer if key == "non_field_errors" else f"{pointer}/{key}")
