"""How far a process steps back for others on its machine."""

from __future__ import annotations

import os
import time
from pathlib import Path

BEHIND_WEB = 10
"""Of what computes on the machine of the web process, which people wait for."""
GROUP = Path("/proc/self/autogroup")
PAUSE_S = 0.11
TRIES = 5


def step_back(more: int = 0) -> None:
    """Raise the niceness of this process, and give its session the same.

    Linux may share the processor among sessions first (``sched_autogroup_enabled``); a niceness
    then counts only against others of the same session. Call it in the session's first process.
    """
    niceness = os.nice(more)
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
