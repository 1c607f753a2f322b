"""The port of the web page."""

from __future__ import annotations

import errno
import socket

from qtwin.serve.errors import CannotStart

HOST = "127.0.0.1"
KEEP_ALIVE_S = 75
"""An idle connection is kept longer than clients and proxies keep it: if the server hangs up first,
it may do so on a request that is on its way."""


def choose(wanted: int | None) -> int:
    """``wanted`` if it is free, or any free port when it is None.

    Raises:
        CannotStart: If the wanted port cannot be had.
    """
    with socket.socket() as plug:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            plug.bind((HOST, wanted or 0))
        except OSError as error:
            why = "is busy" if error.errno == errno.EADDRINUSE else f"fails: {error.strerror}"
            raise CannotStart(
                f"Port {wanted} {why}. Choose another with --port, such as --port {free()}."
            ) from error
        return int(plug.getsockname()[1])


def free() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as plug:
        plug.bind((HOST, 0))
        return int(plug.getsockname()[1])
