"""How far a process steps back for others on its machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

BEHIND_WEB = 5
"""Of what computes on the machine of the web process, which people wait for.

Its share beside others is a third. With 10 it is a tenth: where others keep the machine busy, no
job gets done.
"""
GROUP = Path("/proc/self/autogroup")
PAUSE_S = 0.11
TRIES = 5


def step_back(more: int) -> None:
    """Raise the niceness of this process, and give its session as much.

    Linux may share the processor among sessions first (``sched_autogroup_enabled``); a niceness
    then counts only against others of the same session. Call it in a session's first process.
    """
    os.nice(more)
    _tell_group(more)


def step_back_with(pid: int) -> None:
    """Give the session of this process what that of another one has: a new one has nothing."""
    try:
        niceness = int(Path(f"/proc/{pid}/autogroup").read_text(encoding="ascii").split()[-1])
    except (OSError, ValueError, IndexError):
        return
    if niceness > 0:
        _tell_group(niceness)


def _tell_group(niceness: int) -> None:
    """Who is not root may do so ten times a second, on the whole machine."""
    for _ in range(TRIES):
        try:
            GROUP.write_text(str(niceness), encoding="ascii")
        except BlockingIOError:
            time.sleep(PAUSE_S)
        except OSError:
            return
        else:
            return
