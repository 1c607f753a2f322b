"""Requests to a server in another process, many at once."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
BEGIN_S = 60.0
DATABASE = "served.sqlite3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server that runs, its project and tokens."""

    port: int
    pid: int
    project: str
    tokens: list[str]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and JSON of one request by the first token, or by the one in its headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Authorization": f"Bearer {self.tokens[0]}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()


def copy_tables(file: Path) -> None:
    """Begin with the tables of these tests, which takes no time; a server can also make them."""
    if connection.vendor != "sqlite":
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as target:
        connection.connection.backup(target)


@contextmanager
def serving(folder: Path, *, tokens: int = 1) -> Iterator[Served]:
    """A server on a new SQLite file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.rest.server", str(port), str(tokens)],
        cwd=ROOT,
        env={**os.environ, "QTWIN_DATABASE": str(folder / DATABASE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        served = Served(port=port, pid=server.pid, **told)
        _wait_until_it_answers(served)
        yield served
    finally:
        server.communicate("")


def _wait_until_it_answers(served: Served) -> None:
    end = time.monotonic() + BEGIN_S
    while True:
        try:
            served.ask("GET", "/api/v1/health/live")
            return
        except OSError:
            assert time.monotonic() < end, "the server does not begin"
            time.sleep(0.1)
