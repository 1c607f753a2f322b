"""Bodies that are larger than any that is taken are not put aside first."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator

from qtwin.config.body_limit import BodyLimit

MOST = 100


def sent(pieces: list[bytes], *headers: tuple[bytes, bytes]) -> tuple[list[Any], list[Any]]:
    """What the application got, and what the client was answered."""
    got: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while True:
            event = await receive()
            got.append(event)
            if event["type"] == "http.disconnect":
                return
            if not event["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def talk() -> list[Any]:
        scope = {"type": "http", "path": "/api/v1/jobs", "headers": headers}
        make: Any = ApplicationCommunicator
        talking = make(BodyLimit(app, MOST), scope)
        for index, piece in enumerate(pieces):
            more = index < len(pieces) - 1
            await talking.send_input({"type": "http.request", "body": piece, "more_body": more})
        answer = []
        while not await talking.receive_nothing(0.05):
            answer.append(await talking.receive_output(1))
        return answer

    return got, async_to_sync(talk)()


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    got, answer = sent([b"x"], (b"content-length", b"101"))
    assert got == []
    assert answer[0]["status"] == 413
    assert "at most 100 bytes" in json.loads(answer[1]["body"])["detail"]


def test_a_body_that_does_not_say_is_cut_off() -> None:
    got, answer = sent([b"x" * 60, b"x" * 60, b"x"])
    assert [event["type"] for event in got] == ["http.request", "http.disconnect"]
    assert answer == []


@pytest.mark.parametrize("headers", [(), ((b"content-length", b"100"),)])
def test_what_is_within_the_limit_goes_through(headers: tuple[tuple[bytes, bytes], ...]) -> None:
    got, answer = sent([b"x" * 50, b"x" * 50], *headers)
    assert b"".join(event["body"] for event in got) == b"x" * 100
    assert answer[0]["status"] == 200
