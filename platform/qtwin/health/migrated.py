"""Which migrations of this release the database has not had.

By their names alone: to load them would cost each web process more than most of its requests. A
database that is ahead, as in the middle of an upgrade, is fine.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper


@cache
def released() -> frozenset[tuple[str, str]]:
    """App and name of every migration of this release."""
    return frozenset(
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in pkgutil.iter_modules([str(Path(app.path) / "migrations")])
        if not module.ispkg and module.name[0] not in "_~"
    )


def unapplied(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Those that are missing, in the order of their names.

    Raises:
        DatabaseError: If it does not answer, or was never migrated.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return sorted(released() - {(app, name) for app, name in cursor.fetchall()})
