"""An empty database with its tables: on SQLite made once, and copied for each run."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from pathlib import Path

import django
from django.core.management import call_command

from infra.dev.options import ROOT

FOLDER = ROOT / ".pytest_cache" / "schema"


def make() -> None:
    """Give Django's database its tables: 7 s of CPU, or the time of a copy."""
    from django.db import connection

    if connection.vendor != "sqlite":
        call_command("migrate", verbosity=0)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"{_digest()}.sqlite3"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            call_command("migrate", verbosity=0)
            part = kept.with_suffix(".part")
            part.unlink(missing_ok=True)
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(part)])
            part.rename(kept)
            return
    connection.close()
    shutil.copyfile(kept, connection.settings_dict["NAME"])


def _digest() -> str:
    """Of whatever decides on the tables."""
    text = hashlib.sha256(django.get_version().encode())
    for path in sorted(Path(ROOT / "platform").rglob("migrations/*.py")):
        text.update(path.read_bytes())
    return text.hexdigest()[:16]
