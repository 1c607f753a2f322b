"""Jobs and points per second, as multiples of what raw Celery drains in the same run."""

from __future__ import annotations

from statistics import median

import pytest

from tests.benchmarks.conftest import Bar
from tests.printed import printed_by

DATABASES = {"SQLite": "sqlite", "PostgreSQL": "postgres"}
LONGEST_S = 900


def medians(what: str, database: str) -> dict[str, float]:
    """Of what a run in a process of its own found, which loads Django for its own database."""
    rounds = printed_by("tests.benchmarks.throughput", what, database, timeout_s=LONGEST_S)
    return {name: median(found[name] for found in rounds) for name in rounds[0]}


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_jobs_and_points_against_raw_celery(database: str, bar: Bar) -> None:
    found = medians("jobs", DATABASES[database])
    bar(f"4 {database}", found["jobs"], note=f"of {found['raw']:.0f} empty messages/s")
    bar(f"5 {database}", found["points"])


def test_a_sweep_as_one_job_against_many(bar: Bar) -> None:
    bar("2", medians("sweep", "sqlite")["whole"])
