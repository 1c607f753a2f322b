"""How a view says what its answer is about, to whoever waits for news of it (`qtwin.waiting`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from qtwin.rest.problem import PointedError
from qtwin.waiting.watch import LONGEST_S, WATCH, Watch, wait_of

WAIT = OpenApiParameter(
    "wait",
    {"type": "number", "minimum": 0, "maximum": LONGEST_S},
    description="Seconds, at most 30. With `If-None-Match`: the answer comes when the ETag is "
    "another one, or is 304. Without: when it has ended, or the time is over.",
)


def watched(
    request: Request | HttpRequest,
    projects: Collection[UUID],
    *,
    job: UUID | None = None,
    ended: bool = False,
) -> None:
    """Note what an answer is about; for nobody, where the server is not asynchronous."""
    plain = getattr(request, "_request", request)
    scope: dict[str, Any] | None = getattr(plain, "scope", None)
    if scope is not None:
        scope[WATCH] = Watch(projects=frozenset(projects), job=job, ended=ended)


def check_wait(request: Request) -> None:
    """Refuse a time that is none, or too long; the waiting itself is not done here."""
    text = request.query_params.get("wait")
    if text is not None and wait_of(text) is None:
        raise PointedError("?wait", f"{text[:20]!r}; allowed: seconds from 0 to {LONGEST_S:.0f}")
