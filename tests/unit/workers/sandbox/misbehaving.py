"""Backends that misbehave, for the tests of the sandbox. Named to it as "module:Class"."""

from __future__ import annotations

import ctypes
import hashlib
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from backends.base import Backend, Capabilities, Handle, Kind
from backends.errors import BackendUnavailable, ProgramRejected
from backends.schema import Experiment, Provenance, Result, RunOptions


class Panic(BaseException):
    """Like a Rust panic: no `Exception`."""


def _fork_and_sleep(*, session: bool) -> None:
    if os.fork() == 0:
        if session:
            os.setsid()
        time.sleep(60)
        os._exit(0)


class Misbehaving(Backend):
    """Does what the experiment's method says, then answers with zeros."""

    name = "misbehaving"
    capabilities = Capabilities(kind=Kind.CLASSICAL, methods=("fine",), exact=True)
    details: ClassVar[dict[str, object]] = {}

    prepared: int = 0

    def warm(self) -> None:
        self.warm_pid = os.getpid()

    def prepare(self, settings: Mapping[str, Any]) -> None:
        self.prepared += 1

    def preparations(self) -> None:
        self.details["prepared"] = self.prepared

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result | Handle:
        self.token = token
        getattr(self, experiment.method)()
        now = datetime.now(UTC)
        zeros = np.zeros(experiment.shape)
        return Result(
            values=zeros,
            std_errors=zeros,
            options=options,
            provenance=Provenance(
                backend=self.name,
                versions={},
                started_at=now,
                finished_at=now,
                details={"token": token, **self.details},
            ),
        )

    def parse(self, payload: bytes, experiment: Experiment, options: RunOptions) -> Result:
        """Does what the first line of the payload says; the answer tells what was read."""
        behaviour, _, rest = payload.partition(b"\n")
        self.details["read"] = hashlib.sha256(rest).hexdigest()
        if behaviour == b"wrong":
            raise ValueError(f"no shots in {rest[:20]!r}")
        answer = self.submit(replace(experiment, method=behaviour.decode()), options, token="")
        assert isinstance(answer, Result)
        return answer

    def fine(self) -> None:
        pass

    def describe(self) -> None:
        self.details.update(
            environment=dict(os.environ),
            block=Path("/proc/self/environ").read_bytes().decode(),
            files=os.listdir(),
            folder=os.getcwd(),
            warmed_elsewhere=self.warm_pid != os.getpid(),
            descriptors=len(os.listdir("/proc/self/fd")),
            threads=threading.active_count(),
            nice=os.nice(0),
            shares_session=os.getsid(0) == os.getsid(os.getppid()),
            web=sorted({"django", "celery", "redis"} & set(sys.modules)),
        )

    def look_around(self) -> None:
        self.details.update(
            processes=[int(name) for name in os.listdir("/proc") if name.isdigit()],
            itself=Path(f"/proc/{os.getpid()}/statm").exists(),
        )

    def read(self) -> None:
        self.details.update(
            data=os.listdir(f"{self.token}/data"), key=Path(f"{self.token}/key").read_text()
        )

    def output_bomb(self) -> None:
        self.details["bomb"] = "x" * (3 << 20)
        sys.stdout.write("x" * (1 << 24))

    def file_bomb(self) -> None:
        Path("bomb").write_bytes(b"x" * (3 << 20))

    def memory_bomb(self) -> None:
        self.details["bomb"] = len(np.ones(1 << 36))

    def slow_memory_bomb(self) -> None:
        hoard = []
        while True:
            hoard.append(b"x" * (1 << 24))

    def cpu_loop(self) -> None:
        while True:
            pass

    def sleep(self) -> None:
        time.sleep(60)

    def segfault(self) -> None:
        ctypes.string_at(0)

    def leave(self) -> None:
        os._exit(7)

    def panic(self) -> None:
        raise Panic("/secret/path = 42")

    def bug(self) -> None:
        raise KeyError("/secret/path")

    def reject(self) -> None:
        raise ProgramRejected("no such device", field="/settings/device")

    def unavailable(self) -> None:
        raise BackendUnavailable("maintenance")

    def escape(self) -> None:
        _fork_and_sleep(session=True)
        _fork_and_sleep(session=False)

    def escape_and_sleep(self) -> None:
        _fork_and_sleep(session=True)
        time.sleep(60)

    def fork_bomb(self) -> None:
        for _ in range(200):
            _fork_and_sleep(session=True)

    def connect(self) -> None:
        port = int(os.environ.get("PORT", "9"))
        with socket.socket() as plug:
            plug.settimeout(1)
            self.details["error"] = plug.connect_ex(("127.0.0.1", port))


class Broken(Misbehaving):
    """Cannot even be built."""

    def __init__(self) -> None:
        raise ImportError("no module named sdk")
