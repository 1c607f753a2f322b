"""Which broker to use, and how to start our own: Valkey on a unix socket, append-only."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import redis

from qtwin.serve.errors import CannotStart
from qtwin.serve.valkey import server_binary

SOCKET_PATH_BYTES = 107 if os.uname().sysname == "Linux" else 103


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is.

    Attributes:
        url: For Celery.
        ping_url: For redis-py.
        command: How to start it; empty when somebody else runs it.
    """

    url: str
    ping_url: str
    command: tuple[str, ...] = ()

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.ping_url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def find(folder: Path) -> Broker:
    """``$REDIS_URL``, our socket if it answers, else one that is to be started.

    Raises:
        CannotStart: If there is none, or the named one does not answer.
    """
    if url := os.environ.get("REDIS_URL"):
        given = Broker(url=url, ping_url=url)
        if not given.answers():
            raise CannotStart("No broker answers at $REDIS_URL. Start it, or unset the variable.")
        return given
    home = folder / "broker"
    home.mkdir(mode=0o700, exist_ok=True)
    socket = socket_path(home)
    ours = Broker(url=f"redis+socket://{socket}", ping_url=f"unix://{socket}")
    if ours.answers():
        return ours
    binary = server_binary()
    if binary is None:
        raise CannotStart("No broker: install redis-server, or set REDIS_URL to a running one.")
    return Broker(url=ours.url, ping_url=ours.ping_url, command=_command(binary, home, socket))


def socket_path(home: Path) -> Path:
    """A path in ``home``, or in a short folder of its own when that is too long for a socket."""
    path = home / "q.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        return path
    name = f"qtwin-{os.getuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    short = Path("/tmp") / name  # noqa: S108 - the point is a short path; its owner is checked
    short.mkdir(mode=0o700, exist_ok=True)
    if short.lstat().st_uid != os.getuid() or short.is_symlink():
        raise CannotStart(f"{short} belongs to someone else. Choose a shorter --data-dir.")
    return short / "q.sock"


def _command(binary: str, home: Path, socket: Path) -> tuple[str, ...]:
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return (binary, *(part for name, value in options.items() for part in (f"--{name}", value)))
