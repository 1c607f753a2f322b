"""``python -m tests.upgrade.readers``: others read and write while PostgreSQL is migrated.

Migrations beyond the baseline are taken back on tables with rows, and run again. Meanwhile one
connection reads every large table, one writes to them, and one is in a long transaction that has
done both.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.many_jobs import fill
from tests.faults.embedded import embedded

JOBS = 3000
PATIENCE_S = 1.0
"""A statement that takes longer was locked out."""
LONG_S = 3.0
BASELINE = (Path(__file__).parent / "baseline.txt").read_text(encoding="ascii").split()


@dataclass(slots=True)
class Visitor:
    """Somebody with a connection of their own, who comes again and again.

    Attributes:
        visits: How often all statements were run.
        refused: What the database said instead.
    """

    statements: tuple[str, ...]
    visits: int = 0
    refused: list[str] = field(default_factory=list)

    def come(self, stop: threading.Event) -> None:
        from django.db import Error, connection

        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{PATIENCE_S:g}s'")
            while not stop.is_set():
                for statement in self.statements:
                    try:
                        cursor.execute(statement)
                    except Error as error:
                        self.refused.append(f"{statement}: {error}")
                self.visits += 1
                time.sleep(0.01)
        connection.close()


def main() -> None:
    with embedded("postgres", backends={}):
        fill(JOBS)
        taken_back = _take_back()
        tables = _tables()
        reader = Visitor(tuple(f"SELECT * FROM {t} ORDER BY id DESC LIMIT 20" for t in tables))
        writer = Visitor(tuple(_touch(table) for table in tables))
        stop, held = threading.Event(), threading.Event()
        others = [
            threading.Thread(target=reader.come, args=[stop]),
            threading.Thread(target=writer.come, args=[stop]),
            threading.Thread(target=_long, args=[reader.statements + writer.statements, held]),
        ]
        for one in others:
            one.start()
        held.wait()
        seconds = _migrate()
        stop.set()
        for one in others:
            one.join()
    refused = reader.refused + writer.refused
    told = {"migrations": taken_back, "seconds": round(seconds, 1), "refused": refused}
    print(json.dumps({**told, "reads": reader.visits, "writes": writer.visits}))  # noqa: T201 - the output


def _take_back() -> list[str]:
    """Names of migrations that are not run any more."""
    from django.core.management import call_command
    from django.db.migrations.loader import MigrationLoader

    last = dict(sorted(name.split(".") for name in BASELINE))
    newer = {app for app, _ in MigrationLoader(None).disk_migrations} & set(last)
    for app in sorted(newer):
        call_command("migrate", app, last[app], verbosity=0)
    from django.db import connection

    left = MigrationLoader(connection)
    return [f"{a}.{n}" for a, n in sorted(set(left.disk_migrations) - set(left.applied_migrations))]


def _migrate() -> float:
    from django.core.management import call_command

    began = time.perf_counter()
    call_command("migrate", verbosity=0)
    return time.perf_counter() - began


def _tables() -> list[str]:
    from django.apps import apps

    from tests.upgrade.survivable import LARGE

    return [apps.get_model(name)._meta.db_table for name in sorted(LARGE)]


def _touch(table: str) -> str:
    return f"UPDATE {table} SET id = id WHERE id = (SELECT id FROM {table} ORDER BY id LIMIT 1)"


def _long(statements: tuple[str, ...], held: threading.Event) -> None:
    """Keep a transaction that has read and written open for a while."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.replace("ORDER BY id LIMIT 1", "ORDER BY id DESC LIMIT 1"))
        held.set()
        time.sleep(LONG_S)
    connection.close()


if __name__ == "__main__":
    main()
