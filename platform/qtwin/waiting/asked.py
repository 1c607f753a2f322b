"""Which requests wait. The rate gate asks too, so nothing here knows Django."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from qtwin.waiting.watch import wait_of

Scope = Mapping[str, Any]

POLL = re.compile(
    r"/api/v1/(?P<kind>jobs|campaigns|worlds|training-runs|evaluations|transfer-reports)"
    r"/(?P<id>[0-9a-f-]{36})"
)
STREAM = re.compile(
    r"/api/v1/((projects|jobs)/[0-9a-f-]{36}/)?events|/events(/projects/[0-9a-f-]{36})?"
)
"""Of the API, and of the dashboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A long poll.

    Attributes:
        kind: As the address says, such as ``jobs``.
        subject: Its id.
        seconds: For how long at most.
    """

    kind: str
    subject: UUID
    seconds: float


def poll_asked(scope: Scope) -> Asked | None:
    """The long poll that a request asks for; None for any other request."""
    place = POLL.fullmatch(scope["path"]) if _is_get(scope) else None
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    seconds = wait_of(query.get("wait", [""])[0])
    if place is None or not seconds:
        return None
    try:
        return Asked(kind=place["kind"], subject=UUID(place["id"]), seconds=seconds)
    except ValueError:
        return None


def stream_asked(scope: Scope) -> bool:
    """Whether a request asks for an event stream."""
    if not _is_get(scope) or not STREAM.fullmatch(scope["path"]):
        return False
    return b"text/event-stream" in dict(scope["headers"]).get(b"accept", b"")


def waits(scope: Scope) -> bool:
    """Whether the answer takes long because nothing happens meanwhile."""
    return poll_asked(scope) is not None or stream_asked(scope)


def _is_get(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["method"] == "GET")
