"""A real server over its own data folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
START_S = 30


@dataclass
class Server:
    """A uvicorn process over its own data folder."""

    base: str
    environment: dict[str, str]
    project: str = ""

    def act(self, *words: str) -> dict[str, Any]:
        """Do something to the server's data in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.act", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


def environment_of(folder: Path) -> dict[str, str]:
    """What the processes of a server over this folder see."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "qtwin.config.settings",
        "QTWIN_DATA_DIR": str(folder),
        "QTWIN_DATABASE": str(folder / "qtwin.sqlite3"),
    }


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server over a migrated folder, on a free port, until the block ends."""
    environment = environment_of(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", environment)
    command = ["uvicorn", "qtwin.config.asgi:application", f"--port={port}"]
    command += ["--log-level=warning", "--timeout-graceful-shutdown=1"]
    with subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment) as process:
        try:
            _wait(server.base, process)
            yield server
        finally:
            process.terminate()


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended"
        try:
            with urlopen(f"{base}/api/v1/health/live", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {base} within {START_S} s")
