"""Keeps a lease alive while one long computation runs in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def heartbeat(renew: Callable[[], bool], *, every_s: float) -> Iterator[None]:
    """Call ``renew`` from a thread until the block ends or it says that the lease is lost."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(every_s) and renew():
                pass
        finally:
            connection.close()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
