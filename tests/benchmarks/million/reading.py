"""What a fit reads of the database, in blocks of 8 kB."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from qtwin.projects.models import Project
from qtwin.twins.evidence import evidence_of


def blocks_of_a_fit(project: Project) -> int:
    """Of all queries by which the evidence of every observable is read."""
    with CaptureQueriesContext(connection) as asked:
        found = [evidence_of(project, one) for one in project.observables.all()]
    assert any(found), "there is nothing to fit"
    with connection.cursor() as cursor:
        return sum(_blocks(cursor, one["sql"]) for one in asked.captured_queries)


def _blocks(cursor: Any, sql: str) -> int:
    cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
    (told,) = cursor.fetchone()
    (top,) = json.loads(told) if isinstance(told, str) else told
    return int(top["Plan"]["Shared Hit Blocks"] + top["Plan"]["Shared Read Blocks"])
