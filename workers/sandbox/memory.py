"""What a child leaves for later children: wishes, which the zygote has fulfilled by a fresh fork.

A child has read a user's documents and may be in an attacker's hands, so that the zygote takes from
it only what to prepare, never the prepared thing. A fork of the zygote that has seen no request
prepares it, because preparing may start threads, which the zygote must not.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from backends.base import Backend
from workers.sandbox import linux

FILE = "wishes"
MOST_WISHES = 8
WISH_BYTES = 1 << 20
ANSWER_BYTES = 8 << 20
FULFIL_S = 3


def leave(backend: Backend | Exception, folder: str) -> None:
    """Write a child's wishes into its folder."""
    with suppress(Exception):
        wishes = backend.wishes() if isinstance(backend, Backend) else []
        if wishes:
            Path(folder, FILE).write_text(json.dumps(wishes[:MOST_WISHES]), encoding="utf-8")


def left(folder: str) -> list[Any]:
    """Wishes in the folder of a child that has ended; none where there is anything odd."""
    try:
        handle = os.open(Path(folder, FILE), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return []
        found = json.loads(os.read(handle, WISH_BYTES))
    except (OSError, ValueError, RecursionError):
        return []
    finally:
        os.close(handle)
    return found[:MOST_WISHES] if isinstance(found, list) else []


def learn(backend: Backend, wishes: list[Any]) -> None:
    """Have each wish fulfilled, and let the backend remember the answer.

    Stops in time for the next request, whose sender waits for us.
    """
    deadline = time.monotonic() + FULFIL_S
    for wish in wishes:
        if time.monotonic() > deadline:
            return
        with suppress(Exception):
            answer = _fulfilled(backend, wish)
            if answer is not None:
                backend.learn(wish, answer)


def _fulfilled(backend: Backend, wish: Any) -> Any:
    """The answer of a fork; None when it fails or takes too long."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _answer(backend, wish, writer)
    os.close(writer)
    try:
        data = _read(reader)
    finally:
        os.close(reader)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return json.loads(data) if data else None


def _answer(backend: Backend, wish: Any, writer: int) -> None:
    try:
        linux.die_with_parent()
        os.nice(10)
        resource.setrlimit(resource.RLIMIT_CPU, (FULFIL_S, FULFIL_S))
        data = json.dumps(backend.fulfil(wish)).encode()
        while data:
            data = data[os.write(writer, data) :]
    finally:
        os._exit(0)


def _read(reader: int) -> bytes:
    """All that comes, or nothing when it is late or too much."""
    deadline, found = time.monotonic() + FULFIL_S, b""
    while len(found) <= ANSWER_BYTES:
        ready, _, _ = select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return b""
        data = os.read(reader, 1 << 16)
        if not data:
            return found
        found += data
    return b""
