"""The database as one file, and back: each kind by its own tools."""

from __future__ import annotations

from django.db import connection

from qtwin.backups.database import postgresql, sqlite
from qtwin.backups.database.port import Database
from qtwin.backups.errors import BackupError

KINDS: dict[str, Database] = {"sqlite": sqlite.Sqlite(), "postgresql": postgresql.Postgresql()}


def database() -> Database:
    """The one of the settings."""
    try:
        return KINDS[connection.vendor]
    except KeyError:
        allowed = ", ".join(KINDS)
        raise BackupError(f"a database of {connection.vendor}; allowed: {allowed}") from None
