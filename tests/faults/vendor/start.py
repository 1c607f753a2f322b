"""Starts a vendor for a test, in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.dev.options import ROOT
from tests.faults.vendor import bill
from tests.faults.vendor.faults import Rates

PART_WORDS = 7  # qtwin, the five words of the job's id, the part


@dataclass(frozen=True, slots=True)
class Started:
    """Where a vendor listens, and its books."""

    address: str
    path: Path

    @property
    def tasks(self) -> list[dict[str, object]]:
        return bill.tasks(self.path)

    @property
    def posts(self) -> list[dict[str, object]]:
        return bill.posts(self.path)

    @property
    def charged(self) -> int:
        """The bill, in micro-USD."""
        return sum(int(str(task["cost"])) for task in self.tasks)

    def charge(self, *, extra: int) -> None:
        """Make every task cost so much more than it said at first, or less."""
        bill.charge(self.path, extra=extra)

    @property
    def twice(self) -> int:
        """Tasks bought beyond the first for one part of one job, whatever the epoch."""
        return len(self.tasks) - len({part_of(task["tag"]) for task in self.tasks})


def part_of(token: object) -> str:
    """A token without its epoch and what follows: ``qtwin-<job>-<part>``."""
    return "-".join(str(token).split("-")[:PART_WORDS])


@contextmanager
def vendor(
    folder: Path, rates: Rates, *, seed: int, tags_only: bool = False, host: str = "127.0.0.1"
) -> Iterator[Started]:
    """A vendor that keeps its books in ``folder``; it is killed at the end."""
    path = folder / "bill.sqlite3"
    command = [sys.executable, "-m", "tests.faults.vendor", str(path), "--seed", str(seed)]
    command += ["--rates", json.dumps(rates.to_dict())] + ["--tags-only"] * tags_only
    command += ["--host", host]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    try:
        yield Started(process.stdout.readline().strip(), path)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
