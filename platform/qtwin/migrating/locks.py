"""How long PostgreSQL waits for the lock of a table that a migration changes.

A change of a table waits for whoever is reading it, and all who come after it wait for the change:
one long read would lock out everybody. So the change waits for moments only, gives up, lets the
others through and tries again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError

WAIT, FOR_EVER = "2s", "0"
PAUSE_S = 5.0
TRIES = 36
"""Three to four minutes in all."""
LOCK_NOT_AVAILABLE = "55P03"
_BUSY = """
    SELECT pid, application_name, state, extract(epoch FROM now() - xact_start)
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND xact_start < now() - %s::interval
    ORDER BY xact_start LIMIT 5
"""


class TablesBusy(Exception):
    """A table was in use whenever its lock was asked for. Says by whom."""


def in_moments(
    connection: Any, work: Callable[[], object], *, told: Callable[[str], object]
) -> None:
    """Do what needs locks, again and again until they are there.

    Args:
        connection: To PostgreSQL; of another database the work is simply done.
        work: May be done again after it was rolled back.
        told: Of each time that it was in vain.

    Raises:
        TablesBusy: After `TRIES`.
    """
    if connection.vendor != "postgresql":
        work()
        return
    for left in reversed(range(TRIES)):
        try:
            with lock_wait(connection, WAIT):
                work()
            return
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            busy = _busy(connection)
            if not left:
                raise TablesBusy(f"a table was in use each of {TRIES} times: {busy}") from error
        told(f"a table is in use, and others go first: {busy}; again in {PAUSE_S:g} s")
        time.sleep(PAUSE_S)


@contextmanager
def lock_wait(connection: Any, wait: str) -> Iterator[None]:
    """Wait for locks for so long, in PostgreSQL's units."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (before,) = cursor.fetchone()
        _set(cursor, wait)
    try:
        yield
    finally:
        if not connection.needs_rollback and connection.is_usable():
            with connection.cursor() as cursor:
                _set(cursor, before)


def _set(cursor: Any, wait: str) -> None:
    cursor.execute("SELECT set_config('lock_timeout', %s, false)", [wait])


def _busy(connection: Any) -> str:
    """Who has been in a transaction for longer than a lock was waited for."""
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, [WAIT])
        rows = cursor.fetchall()
    said = (f"process {pid} ({app or '?'}, {now}, {age:.0f} s)" for pid, app, now, age in rows)
    return ", ".join(said) or "by somebody who has left meanwhile"
