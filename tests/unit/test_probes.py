"""Probes tell the truth: each part is taken away for real."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections
from django.test import Client

from qtwin.health import patience
from qtwin.health.beat import beat_write
from qtwin.health.probes import Probes
from qtwin.health.ready import main
from qtwin.serve import broker as brokers
from tests.docs.fences import blocks

pytestmark = pytest.mark.django_db(transaction=True)


async def beyond(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError(f"{scope['path']} went past the probes")


def ask(path: str, host: str = "10.1.2.3:8000") -> httpx.Response:
    """By the address of a pod, which is no name that the server answers to."""

    app: Any = Probes(beyond)

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.get(path)

    return async_to_sync(run)()


@pytest.fixture
def broker(tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    found = brokers.find(tmp_path)
    settings.BROKER_URL = found.url
    with subprocess.Popen(found.command, stdout=subprocess.DEVNULL) as process:
        end = time.monotonic() + 10
        while not found.answers():
            assert time.monotonic() < end
            time.sleep(0.01)
        yield process
        process.kill()


def test_it_is_live_whatever_is_away_and_ready_with_every_part(
    broker: subprocess.Popen[bytes],
) -> None:
    assert ask("/livez").json() == {"status": "live"}
    answer = ask("/readyz")
    parts = {"database": "ok", "artifacts": "ok", "broker": "ok"}
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "parts": parts})
    assert answer.headers["cache-control"] == "no-store"
    assert Client().get("/api/v1/health/ready").json() == answer.json()


def test_without_the_broker_it_is_degraded_and_takes_requests(
    broker: subprocess.Popen[bytes],
) -> None:
    broker.kill()
    broker.wait()
    answer = ask("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    (shown,) = blocks("observability.md", "json")
    assert answer.json() == json.loads(shown)


def test_a_broker_that_accepts_and_says_nothing_is_away_within_a_second(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.BROKER_URL = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        began = time.monotonic()
        assert ask("/readyz").json()["parts"]["broker"] == "does not answer: TimeoutError"
        assert time.monotonic() - began < patience.LONGEST_S + 3


def test_without_the_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    away = {"NAME": "/nowhere/at/all", "HOST": "/nowhere/at/all"}
    monkeypatch.setitem(
        connections.settings, "default", {**connections.settings["default"], **away}
    )
    answer = ask("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
    assert answer.json()["parts"]["database"] == "does not answer: OperationalError"
    assert ask("/livez").status_code == 200


def test_a_database_behind_the_code_is_not_ready_and_one_ahead_is() -> None:
    row = "app = 'jobs' AND name LIKE '0016%'"
    add = "INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', %s, '2030-01-01')"
    with connection.cursor() as cursor:
        cursor.execute(add, ["9999_x"])
        assert ask("/readyz").status_code == 200
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_x'")
        cursor.execute(f"SELECT name FROM django_migrations WHERE {row}")
        (name,) = cursor.fetchone()
        cursor.execute(f"DELETE FROM django_migrations WHERE {row}")
        try:
            answer = ask("/readyz")
        finally:
            cursor.execute(add, [name])
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == f"not migrated: 1 missing, the first jobs.{name}"


def test_a_store_that_takes_no_bytes_is_not_ready(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file"
    answer = ask("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["artifacts"] == "cannot be written to: NotADirectoryError"


def test_a_part_that_hangs_is_given_up_and_not_asked_twice_at_a_time() -> None:
    release, asked = threading.Event(), []

    def hang() -> str:
        asked.append(1)
        release.wait(30)
        return ""

    patient = patience.Patience(hang, longest_s=0.05)
    assert async_to_sync(patient.problem)() == "no answer within 0.05 s"
    assert async_to_sync(patient.problem)() == "no answer within 0.05 s"
    release.set()
    patient._longest_s = 5.0
    assert async_to_sync(patient.problem)() == ""
    assert len(asked) == 1


def test_a_worker_is_ready_while_it_beats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "beat"
    monkeypatch.setenv("QTWIN_BEAT_FILE", str(file))
    assert main([]) == 1
    assert capsys.readouterr().out == f"not ready: no beat in {file}\n"
    beat_write("worker")
    assert main([]) == 0
    assert capsys.readouterr().out.startswith(f"ready: worker {os.getpid()}, last beat 0 s ago")
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "at": said["at"] - 60}))
    done = subprocess.run(
        [sys.executable, "-m", "qtwin.health.ready"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout.startswith(f"not ready: worker {os.getpid()}, last beat 6")
    assert main(["--within", "600"]) == 0
