"""Problem documents (RFC 9457), for whoever refuses: a view, a gate before it, or a parser.

``docs/problems.md`` explains each type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CONTENT_TYPE = "application/problem+json"
URN = "urn:qtwin:problem:"

TITLES = {
    400: "Invalid request",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    412: "Changed since",
    413: "Too large",
    415: "Unsupported content type",
    429: "Too many requests",
    500: "Something broke",
    501: "Not installed",
    503: "Not available now",
}
GENERAL = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "changed_since",
    413: "too_large",
    415: "unsupported_media_type",
    429: "throttled",
    500: "internal",
    501: "not_installed",
    503: "unavailable",
}
"""Type by status, of what has no type of its own."""
OWN = {
    "authentication_failed",
    "parse_error",
    "too_many_waiting",
    "scope",
    "paid_sources_off",
    "no_price",
    "no_budget",
    "budget_exceeded",
    "per_job",
    "own_job",
    "token_ended",
    "owners_only",
    "role_refused",
    "above_own_role",
    "member",
    "other_address",
    "sign_in_first",
    "wrong_proof",
    "sole_owner",
}
"""Types of refusals that a program may want to tell from others of the same status."""
TYPES = frozenset({*GENERAL.values(), *OWN})


def type_of(status: int, code: str) -> str:
    """The URI of a problem; of a code without a type of its own, that of its status."""
    return URN + (code if code in TYPES else GENERAL.get(status, "invalid"))


def document(
    *,
    status: int,
    code: str,
    detail: str,
    instance: str = "",
    errors: Iterable[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """The document.

    Args:
        status: Of the answer.
        code: Its kind; see `type_of`.
        detail: Names the field, the value and what is allowed.
        instance: Path of the request.
        errors: What is wrong, field by field; by default the request as a whole, pointer "".
    """
    return {
        "type": type_of(status, code),
        "title": TITLES.get(status, "Request failed"),
        "status": status,
        "detail": detail,
        "instance": instance,
        "errors": list(errors) or [{"pointer": "", "code": code, "detail": detail}],
    }
