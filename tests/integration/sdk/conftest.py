"""The SDK against the real application in this process; while it pauses, the workers work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler

from qtwin.accounts.models import Scope, User
from qtwin.accounts.services import token_create
from qtwin.client import Client
from qtwin.client.main import main
from qtwin.client.wire import drive
from qtwin.client.wire.address import Access
from qtwin.client.wire.drive import Blocking
from qtwin.jobs.selectors import jobs_due
from qtwin.projects.models import Project

URL = "http://localhost"


@pytest.fixture
def token(user: User) -> str:
    scopes = [Scope.READ, Scope.SUBMIT, Scope.ADMIN]
    return token_create(user=user, name="sdk", scopes=scopes)[1]


@pytest.fixture
def client(token: str, paused: list[float]) -> Client:
    return Client(URL, token, transport=httpx.WSGITransport(WSGIHandler()))


@pytest.fixture
def paused(work: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the SDK wanted to pause each time; what is due is done instead."""
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        work()

    monkeypatch.setattr(drive, "sleep", sleep)
    return pauses


@pytest.fixture
def signed_in(
    token: str, paused: list[float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """Every client speaks to this process, and finds address and token; the user's own folder."""
    made = Blocking.__init__

    def make(self: Blocking, access: Access, transport: httpx.BaseTransport | None = None) -> None:
        made(self, access, transport or httpx.WSGITransport(WSGIHandler()))

    monkeypatch.setattr(Blocking, "__init__", make)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("QTWIN_URL", URL)
    monkeypatch.setenv("QTWIN_TOKEN", token)
    monkeypatch.delenv("QTWIN_PROJECT", raising=False)
    return tmp_path


@pytest.fixture
def run(signed_in: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command of which the status is known; what it printed."""

    def command(*words: str, status: int = 0) -> str:
        assert main(list(words)) == status, capsys.readouterr().err
        return capsys.readouterr().out

    return command


@pytest.fixture
def worked(
    signed_in: Path,
    work: Callable[[], None],
    fitted: Callable[[Project], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """While a client pauses, jobs run; once none is due, twins are fitted."""

    def sleep(seconds: float) -> None:
        if jobs_due(1):
            work()
            return
        for project in Project.objects.all():
            fitted(project)

    monkeypatch.setattr(drive, "sleep", sleep)
    return signed_in
