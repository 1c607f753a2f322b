"""A broker of our own, and what it takes for a message."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from kombu import Connection

from qtwin.serve import broker

MESSAGES = 2000
START_S = 20.0


@contextmanager
def valkey(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Its address for Celery, and its process."""
    found = broker.find(folder)
    with subprocess.Popen(found.command, stdout=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + START_S
            while not found.answers():
                if time.monotonic() > deadline:
                    raise RuntimeError("The broker does not answer")
                time.sleep(0.05)
            yield found.url, psutil.Process(process.pid)
        finally:
            process.terminate()


def message_s(url: str, valkey: psutil.Process) -> float:
    """CPU seconds of Valkey to take one message and hand it out again."""
    before = sum(valkey.cpu_times()[:2])
    with Connection(url) as connection, connection.SimpleQueue("measuring") as queue:
        for number in range(MESSAGES):
            queue.put({"id": number})
        for _ in range(MESSAGES):
            queue.get(timeout=5).ack()
    return float(sum(valkey.cpu_times()[:2]) - before) / MESSAGES
