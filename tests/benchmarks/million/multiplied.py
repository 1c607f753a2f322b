"""Jobs that are there, written again and again by PostgreSQL itself, each time further back."""

from __future__ import annotations

from typing import Any

FRESH = {"id": "gen_random_uuid()"}
TIMES = ("created_at", "rank_at", "started_at", "finished_at")


def multiply(times: int) -> None:
    """Have so many times as many jobs, in the same shares of projects and states."""
    from django.db import connection

    from qtwin.jobs.models import Job

    table, columns = Job._meta.db_table, [str(field.column) for field in Job._meta.concrete_fields]
    taken = ", ".join(_copied(column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(created_at) - min(created_at) FROM {table}")
        span: Any = cursor.fetchone()[0]
        cursor.execute("SET session_replication_role = replica")  # looks up no keys that hold
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} AS one"
            " CROSS JOIN generate_series(1, %(more)s) AS number",
            {"more": times - 1, "span": span},
        )
        cursor.execute("RESET session_replication_role")
        cursor.execute(f"VACUUM ANALYZE {table}")


def _copied(column: str) -> str:
    if column in TIMES:
        return f"one.{column} - number * %(span)s"
    return FRESH.get(column, f"one.{column}")
