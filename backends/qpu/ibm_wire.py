"""What IBM's client sends: a job once, whatever happens, with a note of what became of it.

The client repeats a request up to six times on 5xx, a POST that makes a job too, and waits for 15
minutes for an answer. Its sessions are `requests` sessions, on which this adapter is mounted
instead: no request is repeated, redirected, or waited for longer than `ANSWER_S`. A job that took
too long to prepare is not sent any more, since somebody else may be looking for it by then.
"""

from __future__ import annotations

import ssl
import time
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from backends.errors import (
    BackendError,
    CredentialRefused,
    NotCreated,
    OutcomeUnknown,
    ProgramRejected,
)

PREPARE_S, CONNECT_S, ANSWER_S = 240.0, 10.0, 60.0
REQUEST_S = PREPARE_S + CONNECT_S + ANSWER_S
"""From the start of a submission to the end of its POST, at most."""
MOST_WORDS = 400
RETRY = {408, 425}
"""4xx that say nothing about the request itself."""


class Wire(HTTPAdapter):
    """Sends at most one POST of a job.

    Args:
        began: When the submission began, by the monotonic clock.

    Attributes:
        tried: Whether a job was handed to it.
        late: Whether it was too late to post.
        posted: Whether its first byte may have been sent.
        answer: To it; None when it has none.
    """

    def __init__(self, *, began: float | None = None) -> None:
        super().__init__(max_retries=0)
        self._began = time.monotonic() if began is None else began
        self.tried = self.posted = self.late = False
        self.answer: requests.Response | None = None

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        options["timeout"] = (CONNECT_S, ANSWER_S)
        if not _makes_a_job(request):
            return super().send(request, *args, **options)
        self.tried = True
        if self.posted:
            raise requests.ConnectionError("a job is posted once")
        if time.monotonic() - self._began > PREPARE_S:
            self.late = True
            raise requests.ConnectionError("too late")
        self.posted = True
        try:
            self.answer = super().send(request, *args, **options)
        except requests.RequestException as error:
            self.posted = not never_sent(error)
            raise
        return self.answer

    def mount_on(self, session: requests.Session) -> None:
        """Take the place of the client's own adapters."""
        session.mount("http://", self)
        session.mount("https://", self)
        session.max_redirects = 0

    def failure(self) -> BackendError:
        """What the POST's end says about the job."""
        if self.late:
            return NotCreated(f"preparing it took longer than {PREPARE_S:.0f} s; nothing was sent")
        if not self.posted:
            return NotCreated("IBM cannot be reached; nothing was sent")
        if self.answer is None:
            return OutcomeUnknown("IBM did not answer")
        return meaning(self.answer)


def meaning(answer: requests.Response) -> BackendError:
    """What an answer other than 200 to the POST says about the job."""
    said, status = f"IBM answered {answer.status_code}{words_of(answer)}", answer.status_code
    if status in {401, 403}:
        return CredentialRefused(said)
    if status == 429:
        return NotCreated(said, retry_after_s=_seconds(answer.headers.get("Retry-After")))
    permanent = 400 <= status < 500 and status not in RETRY
    return ProgramRejected(said) if permanent else OutcomeUnknown(said)


def words_of(answer: requests.Response) -> str:
    """What an error's body says, for a person; empty when it is not IBM's form."""
    try:
        body = answer.json()
        errors = body.get("errors") or [body["error"]]
        text = "; ".join(str(error["message"]) for error in errors)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
    return f": {text[:MOST_WORDS]}"


def never_sent(error: requests.RequestException) -> bool:
    """Whether it proves that no byte of the request left: refused, no such host, bad handshake."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason: Any = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    if isinstance(error, requests.exceptions.SSLError):
        inner = reason.args[0] if getattr(reason, "args", ()) else reason
        return isinstance(inner, ssl.SSLCertVerificationError)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def _makes_a_job(request: Any) -> bool:
    path = urlsplit(str(request.url)).path
    return str(request.method) == "POST" and path.endswith("/jobs")


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isdecimal() else None
