"""A team's webhook at a receiver on this machine, which the installation allows."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.webhooks.kinds import ASKED
from qtwin.webhooks.models import Webhook
from qtwin.webhooks.services import webhook_create
from tests.receiver import NAME, Receiver, certificate


@pytest.fixture(scope="session")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the resolver says of each name; another one has no address."""
    known: dict[str, list[str]] = {NAME: ["127.0.0.1"]}
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        if host not in known:
            raise socket.gaierror(-2, "unknown")
        kind = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(kind[":" in one], socket.SOCK_STREAM, 6, "", (one, port)) for one in known[host]]

    real = socket.getaddrinfo

    def patched(host: Any, *more: Any, **named: Any) -> list[Any]:
        numeric = host.replace(".", "").isdigit() and host.count(".") == 3
        return real(host, *more, **named) if numeric else getaddrinfo(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", patched)
    known["asked"] = asked
    return known


@pytest.fixture
def receiver(
    pem: Path, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Receiver]:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    receiver = Receiver(pem)
    settings.WEBHOOK_HOSTS = [f"{NAME}:{receiver.port}"]
    yield receiver
    receiver.stop()


@pytest.fixture
def hooked(receiver: Receiver, team: Team, user: User) -> tuple[Webhook, str]:
    """The webhook and its secret."""
    return webhook_create(team=team, url=receiver.url(), events=ASKED, by=user)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that any socket of this process was told to connect to."""
    seen: list[Any] = []
    real: Callable[..., Any] = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        seen.append(address)
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


@pytest.fixture
def job_of(user: User) -> Callable[[Project], Job]:
    def make(project: Project) -> Job:
        spec = JobSpec(source=project.sources.get(name="hf"), points=[[0.7]])
        return job_submit(project=project, spec=spec, by=user)

    return make


@pytest.fixture
def job(job_of: Callable[[Project], Job], project: Project) -> Job:
    return job_of(project)
