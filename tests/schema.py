"""An empty database with its tables: on SQLite made once, and copied wherever one is wanted."""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from infra.dev.options import ROOT

FOLDER = ROOT / ".pytest_cache" / "schema"


def make() -> None:
    """Give Django's database, which has none, its tables: 7 s of CPU, or the time of a copy."""
    from django.db import connection

    if connection.vendor != "sqlite":
        call_command("migrate", verbosity=0)
        return
    kept = FOLDER / f"{_digest()}.sqlite3"
    with _alone():
        if not kept.exists():
            call_command("migrate", verbosity=0)
            part = kept.with_suffix(".part")
            part.unlink(missing_ok=True)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(part)])
            part.rename(kept)
            return
    connection.ensure_connection()
    with closing(sqlite3.connect(kept)) as source:
        source.backup(connection.connection)


def create_test_db(connection: Any, **_: Any) -> str:
    """As `BaseDatabaseCreation.create_test_db` on SQLite, with `make` for its migrations."""
    from django.conf import settings

    name = str(connection.creation._get_test_db_name())
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    make()
    return name


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _digest() -> str:
    """Of whatever decides on the tables."""
    text = hashlib.sha256(django.get_version().encode())
    for path in sorted(Path(ROOT / "platform").rglob("migrations/*.py")):
        text.update(path.read_bytes())
    return text.hexdigest()[:16]
