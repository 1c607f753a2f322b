"""Jobs and measurements, written from those that are there by PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from qtwin.jobs.models import Event, Job, Measurement

MADE = "one.created_at - number * %(span)s"
COPIED = {
    "id": f"uuidv7({MADE} - now())",
    "spec_hash": "lpad(number::text, 8, '0') || right(one.spec_hash, 56)",
    **{
        column: f"one.{column} - number * %(span)s"
        for column in ("created_at", "rank_at", "started_at", "finished_at")
    },
    "next_run_at": MADE,
}
MEASURED = {
    "id": "uuidv7(job.created_at - now())",
    "project_id": "job.project_id",
    "job_id": "job.id",
    "row": "number",
    "source_revision_id": "job.source_revision_id",
    "observable_id": "observable.id",
    "point": "jsonb_build_array(0.3 + 1.7 * random())",
    "knobs": "'{}'",
    "value": "random()",
    "std": "0.01",
    "unit": "observable.unit",
    "shot_group": "''",
    "identity": "md5(job.id::text || number)",
    "draw": "''",
    "epoch": "''",
    "branch": "''",
    "measured_at": "job.created_at",
    "created_at": "job.created_at",
}


def write_less_ahead() -> None:
    """Write less ahead: the machine is not going to fail, and nobody restores."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET max_wal_size = '8GB'")
        cursor.execute("ALTER SYSTEM SET full_page_writes = off")
        cursor.execute("SELECT pg_reload_conf()")


def multiply_jobs(times: int, *, but: UUID) -> None:
    """Have so many times as many jobs, each further back, in all projects but one.

    They are written in the order of time, as jobs are.
    """
    table = Job._meta.db_table
    columns = [str(field.column) for field in Job._meta.concrete_fields]
    copied = {name: COPIED.get(name, f"one.{name}") for name in columns}
    with connection.cursor() as cursor, _quickly(Job):
        cursor.execute(f"SELECT max(created_at) - min(created_at) FROM {table}")
        span: Any = cursor.fetchone()[0]
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(copied)}) SELECT {', '.join(copied.values())}"
            f" FROM {table} AS one CROSS JOIN generate_series(1, %(more)s) AS number"
            " WHERE one.project_id <> %(but)s ORDER BY number DESC, one.created_at",
            {"more": times - 1, "span": span, "but": but},
        )


def measure(rows: int) -> None:
    """Let each job that is done and has no measurement have so many of its energy."""
    with connection.cursor() as cursor, _quickly(Measurement):
        cursor.execute(
            f"INSERT INTO {Measurement._meta.db_table} ({', '.join(MEASURED)})"
            f" SELECT {', '.join(MEASURED.values())} FROM {Job._meta.db_table} AS job"
            " JOIN projects_observable AS observable ON observable.project_id = job.project_id"
            " AND observable.name = 'energy' CROSS JOIN generate_series(1, %s) AS number"
            " WHERE job.state = 'DONE' AND NOT EXISTS"
            f" (SELECT FROM {Measurement._meta.db_table} AS old WHERE old.job_id = job.id)",
            [rows],
        )


def happen() -> None:
    """Let each job without events have been queued, and have ended if it has."""
    table, kept = Job._meta.db_table, Event._meta.db_table
    with connection.cursor() as cursor, _quickly(Event):
        cursor.execute(
            f"INSERT INTO {kept}"
            " (project_id, job_id, kind, from_state, to_state, fence, data, created_at)"
            " SELECT job.project_id, job.id, 'job.state', '', event.state, 0, '{}', event.at"
            f" FROM {table} AS job CROSS JOIN LATERAL"
            " (VALUES ('QUEUED', job.created_at), (job.state, job.finished_at))"
            " AS event (state, at) WHERE event.at IS NOT NULL AND NOT EXISTS"
            f" (SELECT FROM {kept} AS old WHERE old.job_id = job.id) ORDER BY event.at"
        )


@contextmanager
def _quickly(model: type[Model]) -> Iterator[None]:
    """Look up no foreign keys, which hold, and build the indexes once when all rows are there."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET session_replication_role")
        cursor.execute(f"VACUUM ANALYZE {table}")
