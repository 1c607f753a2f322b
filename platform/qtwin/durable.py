"""Commits that need not wait for the disk, since nothing was done that could not be done again.

To wait takes milliseconds, and SQLite lets nobody else write meanwhile. What such a commit leaves
to the disk is there once any later one was waited for: both databases write their log in order. So
a machine that loses power, or a PostgreSQL that crashes, forgets only that work had begun. One of
our processes that dies forgets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def begun() -> Iterator[None]:
    """A transaction which says that work has begun, and that the disk may take later."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        with leased():
            yield
        return
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
        yield


@contextmanager
def leased() -> Iterator[None]:
    """Where SQLite's disk may take later what is written, in one transaction.

    For leases: whoever holds one dies with the machine, and a fence that it forgets is nobody's.
    A server with PostgreSQL can lose power while workers elsewhere go on, so there each one waits.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        yield
        return
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    _synchronous(connection, "NORMAL")
    try:
        with transaction.atomic():  # whose turn comes sooner than a statement's: `qtwin.sqlite`
            yield
    finally:
        _synchronous(connection, "FULL")


def _synchronous(connection: BaseDatabaseWrapper, how: str) -> None:
    connection.ensure_connection()
    connection.connection.execute(f"PRAGMA synchronous={how}")
