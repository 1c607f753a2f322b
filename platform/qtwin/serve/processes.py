"""Child processes: started in groups of their own, restarted when they die, stopped in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from qtwin.niceness import step_back

STEADY_S = 30.0
LONGEST_WAIT_S = 10.0
LOG_BYTES = 10 << 20
PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def die_with_runner() -> None:
    """Runs in the child before its program: end when the runner is killed."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


@dataclass(slots=True)
class Service:
    """One program that is kept running.

    Attributes:
        nice: How far it steps back for the others.
    """

    name: str
    command: tuple[str, ...]
    stop_s: float = 5.0
    nice: int = 0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    retry_at: float = field(default=0.0)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts services, restarts those that die, stops them in reverse order."""

    def __init__(self, *, env: Mapping[str, str], folder: Path, say: Callable[[str], None]) -> None:
        self.env = dict(env)
        self.folder = folder
        self.say = say
        self.services: list[Service] = []

    def start(self, service: Service) -> None:
        self.services.append(service)
        self._spawn(service)

    def tick(self) -> None:
        """Restart what has died, after a wait that doubles with each failure in a row."""
        now = time.monotonic()
        for service in self.services:
            if service.alive:
                if now - service.started_at > STEADY_S:
                    service.failures = 0
            elif service.process is not None:
                self._note_death(service, now)
            elif now >= service.retry_at:
                self._spawn(service)
            _trim(self._log(service))

    def stop(self) -> None:
        """Stop everything, last started first: ask, wait, then kill the whole group."""
        for service in reversed(self.services):
            process = service.process
            if process is None:
                continue
            if process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(service.stop_s)
            _kill_group(process.pid)
            process.wait()
            service.process = None

    def _note_death(self, service: Service, now: float) -> None:
        assert service.process is not None
        _kill_group(service.process.pid)
        wait_s = min(LONGEST_WAIT_S, 0.25 * 2**service.failures)
        self.say(
            f"{service.name} ended ({_ending(service.process.returncode)}); "
            f"starting it again (log: {self._log(service)})"
        )
        service.process = None
        service.failures += 1
        service.retry_at = now + wait_s

    def _spawn(self, service: Service) -> None:
        with self._log(service).open("ab") as log:
            service.process = subprocess.Popen(
                service.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=partial(_begin, service.nice),  # noqa: PLW1509 - we have no threads
            )
        service.started_at = time.monotonic()

    def _log(self, service: Service) -> Path:
        return self.folder / "logs" / f"{service.name}.log"


def _begin(nice: int) -> None:
    die_with_runner()
    if nice:
        step_back(nice)


def _kill_group(pid: int) -> None:
    """What a program forked and left behind, such as a worker's pool."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _ending(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return signal.Signals(-code).name
    return f"status {code}"


def _trim(path: Path) -> None:
    """Start a log anew when it has grown too long, keeping one old copy."""
    with suppress(OSError):
        if path.stat().st_size > LOG_BYTES:
            path.with_suffix(".log.1").write_bytes(path.read_bytes())
            os.truncate(path, 0)  # its writers append, so they go on at the new end
