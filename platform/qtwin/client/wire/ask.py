"""One question to the server: tried again while nobody answers, if asking twice does no harm."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from qtwin.client.wire.errors import Unreachable, Unreadable, problem
from qtwin.client.wire.flow import Answer, Flow, Lost, Pause, Reply, Request

TRIES = 6
FIRST_S, LONGEST_S = 0.25, 8.0
LONGEST_ASKED_S = 120.0
"""A server that asks for a longer pause is given up."""
NOT_DONE = frozenset({429, 503})
"""Answers that say that the request was not begun."""
NEVER = frozenset({501, 505})


def ask(request: Request) -> Flow[Any]:
    """The JSON document of the answer, None where there is none.

    Raises:
        Problem: The server refuses.
        Unreachable: Nobody answers.
        Unreadable: The answer is not JSON.
    """
    answer = yield from fetch(request)
    if not answer.content:
        return None
    return read_json(answer, request)


def fetch(request: Request) -> Flow[Answer]:
    """The answer as it came, once there is one that is no refusal."""
    tries, pauses, perhaps_done = 0, _pauses(), False
    while True:
        reply = yield request
        tries += 1
        if isinstance(reply, Answer) and reply.status < 400:
            return reply
        if perhaps_done and _gone_already(request, reply):
            return Answer(status=204, headers={}, content=b"")
        wait_s = _wait_s(request, reply, next(pauses))
        if wait_s is None or tries >= TRIES:
            raise _error(request, reply, tries)
        perhaps_done = perhaps_done or _perhaps_done(reply)
        yield Pause(seconds=wait_s)


def read_json(answer: Answer, request: Request) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError as error:
        kind = answer.headers.get("content-type", "nothing known")
        raise Unreadable(
            f"{request.method} {request.path} answered {kind}, not JSON: is it a QTwin server?"
        ) from error


def _wait_s(request: Request, reply: Reply, pause_s: float) -> float | None:
    """How long to wait before the next try; None where there is none."""
    if isinstance(reply, Lost):
        return pause_s if request.may_repeat or not reply.sent else None
    if not isinstance(reply, Answer) or reply.status in NEVER:
        return None
    if reply.status in NOT_DONE or (reply.status >= 500 and request.may_repeat):
        asked_s = _retry_after_s(reply)
        return None if asked_s > LONGEST_ASKED_S else max(asked_s, pause_s)
    return None


def _retry_after_s(answer: Answer) -> float:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else 0.0


def _gone_already(request: Request, reply: Reply) -> bool:
    """Whether an earlier try deleted it and only its answer was lost."""
    return request.method == "DELETE" and isinstance(reply, Answer) and reply.status == 404


def _perhaps_done(reply: Reply) -> bool:
    """Whether the server may have done what it was asked, though it does not say so."""
    if isinstance(reply, Lost):
        return reply.sent
    return isinstance(reply, Answer) and reply.status not in NOT_DONE


def _error(request: Request, reply: Reply, tries: int) -> Exception:
    if isinstance(reply, Answer):
        return problem(reply.status, _document(reply), request.path)
    reason = reply.reason if isinstance(reply, Lost) else "no answer"
    often = f" after {tries} tries" if tries > 1 else ""
    unsure = ""
    if isinstance(reply, Lost) and reply.sent and not request.may_repeat:
        unsure = "; it may have been done, so look before you ask again"
    return Unreachable(f"{request.method} {request.path}: {reason}{often}{unsure}")


def _document(answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.content)
    except ValueError:
        document = None
    if isinstance(document, dict):
        return document
    return {"title": "Request failed", "detail": f"the server answered with {answer.status}"}


def _pauses() -> Iterator[float]:
    """Growing, and each a little different, so that many clients do not come back at once."""
    pause_s = FIRST_S
    while True:
        yield pause_s * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        pause_s = min(2 * pause_s, LONGEST_S)
