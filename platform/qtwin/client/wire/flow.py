"""A conversation with the server, told apart from how one waits for it.

A flow is a generator: it yields what is to be done, is sent what came of it, and returns its
result. It never blocks, so the same flow serves the synchronous and the asynchronous client.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
SAFE = frozenset({"GET", "PUT", "DELETE"})
"""Methods that a server may be asked twice, by their definition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request.

    Attributes:
        path: Below the server's address, or from a page's ``next``.
        body: A JSON document, or bytes as they are.
        repeatable: Whether asking twice does no more than asking once; None: as the method says.
    """

    path: str
    method: str = "GET"
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool | None = None

    @property
    def may_repeat(self) -> bool:
        if self.repeatable is not None:
            return self.repeatable
        return self.method in SAFE or "Idempotency-Key" in self.headers


def made(path: str, body: Any, *, key: str | None = None) -> Request:
    """What makes something new: with a key, all its repetitions make one thing."""
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return Request(method="POST", path=path, body=body, headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """No answer came; ``sent`` tells whether the server may have got the request."""

    reason: str
    sent: bool


Reply: TypeAlias = Answer | Lost | None
"""What a flow is sent: an answer, or that none came; None after a pause."""
Flow: TypeAlias = Generator[Request | Pause, Reply, T]
