"""The zygote: started by `workers.sandbox.zygote` through `workers.sandbox.boot`.

Reads one JSON document per line on standard input, forks one child at a time and answers one line
per request when that child and everything it started have ended. Ends when its input does. It
stays single-threaded: a fork copies only the calling thread, and locks held by others stay locked.
"""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pkgutil import resolve_name
from typing import Any

import numpy as np

from backends import registry
from backends.base import Backend
from qtwin.niceness import step_back_with
from workers.sandbox import child, linux, memory

CONTROL_IN, CONTROL_OUT = 0, 1
MOST_PREPARED = 64


class Server:
    def __init__(self, config: dict[str, Any], *, private: bool) -> None:
        self.extra: dict[str, str] = config["backends"]
        self.folder: str = config["folder"]
        self.out: int = config["out"]
        self.payload: int = config["payload"]
        self.private = private
        self.backends: dict[str, Backend] = {}
        self.prepared: set[tuple[str, str]] = set()
        self.wishes: list[Any] = []
        self.buffer = b""
        self.wake = _wake_on_child()

    def serve(self) -> None:
        for message in self._messages():
            if message["op"] == "run":
                self._say({"taken": True})
                self._say(self._run(message))
                self._learn(message["backend"])

    def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        backend = self._backend(request["backend"], request.get("target"))
        if isinstance(backend, Backend):
            self._prepare(backend, request["experiment"]["settings"])
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder, 0o700)
        np.random.seed()  # noqa: NPY002 - forks would share the legacy state of this process
        pid = os.fork()
        if pid == 0:
            child.run(backend, request, folder=self.folder, out=self.out, payload=self.payload)
        try:
            return self._wait(pid)
        finally:
            self._end_all(pid)
            self.wishes = memory.left(self.folder)
            shutil.rmtree(self.folder, ignore_errors=True)

    def _backend(self, name: str, target: str | None) -> Backend | Exception:
        """Build and warm a backend once; its failure is reported by the child."""
        if name not in self.backends:
            try:
                target = target or self.extra.get(name)
                backend: Backend = resolve_name(target)() if target else registry.get(name)
                backend.warm()
            except Exception as error:
                return error
            gc.collect()
            gc.freeze()  # the collector of a child would copy every page that it visits
            self.backends[name] = backend
        return self.backends[name]

    def _prepare(self, backend: Backend, settings: dict[str, Any]) -> None:
        """Load once what these settings need; settings that are wrong are the child's to refuse."""
        key = (backend.name, json.dumps(settings, sort_keys=True))
        if key in self.prepared or len(self.prepared) >= MOST_PREPARED:
            return
        self.prepared.add(key)
        with suppress(Exception):
            backend.check_settings(settings)
            backend.prepare(settings)
            gc.collect()
            gc.freeze()

    def _learn(self, name: str) -> None:
        """Prepare for all later children what the last one had to prepare."""
        backend, wishes = self.backends.get(name), self.wishes
        self.wishes = []
        if backend is None or not wishes:
            return
        memory.learn(backend, wishes)
        gc.collect()
        gc.freeze()

    def _wait(self, pid: int) -> dict[str, Any]:
        """Wait for the child's end; a ``kill`` or the end of the input kills it."""
        while True:
            done, status, used = os.wait4(pid, os.WNOHANG)
            if done:
                return {
                    "code": os.waitstatus_to_exitcode(status),
                    "cpu_s": used.ru_utime + used.ru_stime,
                }
            ready, _, _ = select.select([CONTROL_IN, self.wake], [], [], 1.0)
            if self.wake in ready:
                os.read(self.wake, 4096)
            if CONTROL_IN in ready and self._told_to_kill():
                os.kill(pid, signal.SIGKILL)

    def _told_to_kill(self) -> bool:
        data = os.read(CONTROL_IN, 65536)
        self.buffer += data
        return not data or self.buffer.endswith(b"\n")

    def _end_all(self, pid: int) -> None:
        """Kill whatever the child left behind."""
        deadline = time.monotonic() + 5.0
        while time.monotonic() < deadline:
            if self.private:
                with suppress(ProcessLookupError):
                    os.kill(-1, signal.SIGKILL)  # as process 1: all of this sandbox but itself
            else:
                _kill_descendants(pid)
            if _reaped_all():
                return
            time.sleep(0.002)

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            line, newline, rest = self.buffer.partition(b"\n")
            if newline:
                self.buffer = rest
                yield json.loads(line)
                continue
            data = os.read(CONTROL_IN, 1 << 20)
            if not data:
                return
            self.buffer += data

    def _say(self, document: dict[str, Any]) -> None:
        os.write(CONTROL_OUT, json.dumps(document).encode() + b"\n")


def _wake_on_child() -> int:
    """A descriptor that becomes readable when a child ends."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.set_blocking(reader, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _kill_descendants(group: int) -> None:
    import psutil

    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            process.kill()


def _reaped_all() -> bool:
    """Collect what has ended; True when no child is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def main() -> None:
    step_back_with(os.getppid())  # the worker, whose session is another one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    config = json.loads(sys.argv[1])
    isolation = linux.isolate(config["hidden"])
    linux.adopt_orphans()
    server = Server(config, private=isolation.processes)
    server._say(asdict(isolation))
    with suppress(BrokenPipeError):
        server.serve()
