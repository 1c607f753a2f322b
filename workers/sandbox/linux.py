"""Kernel features without a binding in Python 3.11. Other systems than Linux have none of them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from workers.sandbox.values import Isolation

LINUX = sys.platform == "linux"
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38


def die_with_parent() -> bool:
    """Get SIGKILL when the parent ends. Forks do not inherit it."""
    return _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> bool:
    """Become the parent of every orphaned descendant."""
    return _prctl(PR_SET_CHILD_SUBREAPER, 1)


def forbid_new_privileges() -> bool:
    return _prctl(PR_SET_NO_NEW_PRIVS, 1)


def prefer_in_memory_shortage() -> None:
    """Make the kernel end this process first when memory runs out."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def isolate() -> Isolation:
    """Leave the network and the process table, as far as the kernel lets us.

    Goes on in a forked process, which is process 1 of its own table where that works; the calling
    process only waits for it and ends with its status. Tries with a new user namespace when the
    rights of this one do not suffice, and tries everything in a throw-away process first, since a
    half-entered namespace cannot be left.
    """
    held = Isolation(network=False, processes=False)
    for user in (False, True):
        if LINUX and _survives(partial(_works, user=user)):
            _enter(user=user)
            held = Isolation(network=True, processes=True)
            break
    pid = os.fork()
    if pid:
        _wait_for(pid)
    die_with_parent()
    forbid_new_privileges()
    return held


def _works(*, user: bool) -> bool:
    return _enter(user=user) and _survives(lambda: True)


def _enter(*, user: bool) -> bool:
    uid, gid = os.getuid(), os.getgid()
    if user:
        if not _unshare(CLONE_NEWUSER):
            return False
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    return _unshare(CLONE_NEWNET) and _unshare(CLONE_NEWPID)


def _survives(step: Callable[[], bool]) -> bool:
    """Whether ``step`` answers True in a throw-away process."""
    pid = os.fork()
    if pid == 0:
        works = False
        with suppress(BaseException):
            works = step()
        os._exit(0 if works else 1)
    return os.waitpid(pid, 0)[1] == 0


def _wait_for(pid: int) -> None:
    die_with_parent()  # entering a user namespace has cleared it
    os.closerange(0, 64)
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _unshare(flags: int) -> bool:
    return bool(ctypes.CDLL(None, use_errno=True).unshare(flags) == 0)


def _prctl(option: int, value: int) -> bool:
    return LINUX and bool(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0)
