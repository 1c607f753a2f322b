"""A worker's or the sweeper's sign of life: a file that is written anew each time round."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 5.0
STALE_S = 30.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The latest one.

    Attributes:
        at: Seconds since 1970.
    """

    role: str
    pid: int
    at: float

    @property
    def age_s(self) -> float:
        return max(0.0, time.time() - self.at)


def beat_file() -> Path:
    """Where it is. Several workers of one machine that should be told apart have one each."""
    own = Path(tempfile.gettempdir()) / f"qtwin-{os.getuid()}-beat"
    return Path(os.environ.get("QTWIN_BEAT_FILE") or own)


def beat_write(role: str) -> None:
    """Note that it came round. A disk that is full does not stop it."""
    path = beat_file()
    beside = path.with_name(f"{path.name}-{os.getpid()}")
    text = json.dumps({"role": role, "pid": os.getpid(), "at": time.time()})
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        log.warning("no beat: %s: %s", error.strerror, path)


def beat_read() -> Beat | None:
    """The latest beat; None if there is none that can be read."""
    try:
        said = json.loads(beat_file().read_text(encoding="utf-8"))
        return Beat(role=str(said["role"]), pid=int(said["pid"]), at=float(said["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
