"""What can go wrong, by what the caller can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class QTwinError(Exception):
    """Any failure that the SDK knows."""


class NotSignedIn(QTwinError):
    """There is no address or token, or the server does not know the token."""


class Unreachable(QTwinError):
    """Nobody answered, or a server that is overloaded or broken kept saying so."""


class Unreadable(QTwinError):
    """The server answers what a QTwin of this version does not."""


class UnknownName(QTwinError, LookupError):
    """Nothing, or more than one thing, has this name; the message lists what there is."""


class TookTooLong(QTwinError, TimeoutError):
    """The time to wait is over. What was waited for goes on."""


class JobFailed(QTwinError):
    """The job failed or was cancelled before it measured anything; ``row`` tells why."""

    def __init__(self, message: str, row: Any) -> None:
        super().__init__(message)
        self.row = row


class JobHeld(JobFailed):
    """A person must look at the job before it can go on."""


@dataclass(frozen=True, slots=True)
class WrongField:
    """One field of a request: a JSON pointer to it, and what is allowed."""

    pointer: str
    code: str
    detail: str


class Problem(QTwinError):
    """The server refuses, as RFC 9457 has it.

    Attributes:
        status: Of HTTP.
        document: The whole answer.
        errors: What is wrong, field by field.
    """

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status = status
        self.document = document
        self.title = str(document.get("title", "Request failed"))
        self.detail = str(document.get("detail", ""))
        self.code = str(document.get("type", "")).rpartition(":")[2]
        self.errors = tuple(_fields(document.get("errors", ())))
        super().__init__(self.detail or f"{self.title} ({status})")


class Refused(Problem):
    """The request is wrong as it is: a field, its size or its form."""


class NotAllowed(Problem):
    """You may not do this, or the project's rules of spending say no."""


class NotFound(Problem):
    """There is no such thing, or it is not yours."""


class Conflict(Problem):
    """It does not fit what is there already."""


class Busy(Problem):
    """Too many requests, still after waiting as long as the server asked for."""


class ServerFailed(Problem, Unreachable):
    """The server broke, still after trying again."""


NOTHING = "Not found."
"""All that a server says of what is not there, or is another's."""


def problem(status: int, document: dict[str, Any], path: str) -> QTwinError:
    """The exception of an answer that refuses."""
    if document.get("detail") == NOTHING:
        document = {**document, "detail": f"{path}: there is no such thing, or it is not yours"}
    if status == 401:
        return NotSignedIn(f"{document.get('detail', 'sign in first')}; qtwin login signs in")
    if status >= 500:
        return ServerFailed(status, document)
    kinds = {403: NotAllowed, 404: NotFound, 409: Conflict, 412: Conflict, 429: Busy}
    return kinds.get(status, Refused)(status, document)


def _fields(errors: Any) -> list[WrongField]:
    rows = [row for row in errors if isinstance(row, dict)] if isinstance(errors, list) else []
    return [
        WrongField(*(str(row.get(name, "")) for name in ("pointer", "code", "detail")))
        for row in rows
    ]
