"""A server of canned answers, for both clients; nobody really sleeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from qtwin.client.wire import drive

URL = "https://qtwin.example.org"
JOB: dict[str, Any] = {
    "id": "01980000-0000-7000-8000-000000000001",
    "project": "01980000-0000-7000-8000-000000000002",
    "source": "hf",
    "state": "queued",
    "points_done": 0,
    "points_total": 3,
    "points": [[0.5], [0.7], [0.9]],
    "knob_values": [],
}
ME = {"id": "1", "email": "ada@example.org"}


class Server:
    """Answers in the order that was given, the last one again and again; keeps what was asked."""

    def __init__(self) -> None:
        self.answers: list[httpx.Response | Exception] = []
        self.asked: list[httpx.Request] = []

    def say(self, *answers: Any) -> None:
        """A document is an answer of 200."""
        self.answers += [
            one if isinstance(one, httpx.Response | Exception) else httpx.Response(200, json=one)
            for one in answers
        ]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def bodies(self) -> list[Any]:
        return [json.loads(one.content) for one in self.asked]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def transport(server: Server) -> httpx.MockTransport:
    return httpx.MockTransport(server)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long one would have slept each time."""
    slept: list[float] = []

    async def rest(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(drive, "sleep", slept.append)
    monkeypatch.setattr(drive, "rest", rest)
    return slept


@pytest.fixture(autouse=True)
def _nobody_is_signed_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.delenv("QTWIN_URL", raising=False)
    monkeypatch.delenv("QTWIN_TOKEN", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


def problem(status: int, pointer: str = "", **headers: str) -> httpx.Response:
    body = {
        "type": "urn:qtwin:problem:invalid",
        "title": "No",
        "status": status,
        "detail": "allowed: something else",
        "errors": [{"pointer": pointer, "code": "invalid", "detail": "allowed: x"}],
    }
    return httpx.Response(status, json=body, headers=headers)


Made = Callable[..., Any]
