"""Keeps a lease alive while one long computation runs in this process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context

from django.db import DatabaseError, connection

log = logging.getLogger(__name__)


@contextmanager
def heartbeat(renew: Callable[[], bool], *, every_s: float) -> Iterator[None]:
    """Call ``renew`` from a thread until the block ends or it says that the lease is lost.

    A database that does not answer once is asked again at the next beat.
    """
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(every_s) and _renewed(renew):
                pass
        finally:
            connection.close()

    thread = threading.Thread(target=copy_context().run, args=[beat], daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _renewed(renew: Callable[[], bool]) -> bool:
    try:
        return renew()
    except DatabaseError as error:
        log.warning("a lease was not renewed this time: %s", error)
        return True
