"""Kernel features without a binding in Python 3.11. Other systems than Linux have none of them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import product
from pathlib import Path

from workers.sandbox.values import Isolation

LINUX = sys.platform == "linux"
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
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


def isolate(hidden: Sequence[str]) -> Isolation:
    """Leave the network, the process table and the ``hidden`` paths, as far as the kernel lets us.

    Where a process table of our own can be had, this goes on in a forked process, which is process
    1 of it; the calling process only waits for it and ends with its status. Tries with a new user
    namespace when the rights of this one do not suffice, and tries everything in a throw-away
    process first, since a half-entered namespace cannot be left.
    """
    held = Isolation(network=False, processes=False)
    for private, user in product((True, False), (False, True)):
        if LINUX and _survives(partial(_works, private=private, user=user)):
            _enter(private=private, user=user)
            held = Isolation(network=True, processes=private)
            break
    if held.processes:
        pid = os.fork()
        if pid:
            _wait_for(pid)
        _own_proc()
        for path in hidden:
            _hide(path)
        die_with_parent()  # and all others with process 1; else the end of the input is the sign
    forbid_new_privileges()
    return held


def _works(*, private: bool, user: bool) -> bool:
    return _enter(private=private, user=user) and (not private or _survives(_own_proc))


def _enter(*, private: bool, user: bool) -> bool:
    uid, gid = os.getuid(), os.getgid()
    if user:
        if not _unshare(CLONE_NEWUSER):
            return False
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    return _unshare(CLONE_NEWNET) and (not private or _unshare(CLONE_NEWPID | CLONE_NEWNS))


def _own_proc() -> bool:
    """Show our own process table in /proc: PySCF looks itself up there, by number."""
    return _mount("none", "/", None, MS_REC | MS_PRIVATE) and _mount(
        "proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC
    )


def _hide(path: str) -> bool:
    """Put nothing in the place of a folder or file, for us only."""
    if os.path.isdir(path):
        return _mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY)
    return _mount(os.devnull, path, None, MS_BIND)


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


def _mount(source: str, target: str, kind: str | None, flags: int) -> bool:
    names = [None if name is None else os.fsencode(name) for name in (source, target, kind)]
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.mount(*names, ctypes.c_ulong(flags), None) == 0)


def _prctl(option: int, value: int) -> bool:
    return LINUX and bool(ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) == 0)
