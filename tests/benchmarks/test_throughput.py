"""Jobs and points per second, as multiples of what raw Celery drains in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median

import pytest

from infra.dev.options import ROOT
from tests.benchmarks.conftest import Bar

DATABASES = {"SQLite": "sqlite", "PostgreSQL": "postgres"}
LONGEST_S = 900


def medians(what: str, database: str) -> dict[str, float]:
    """Of what a run in a process of its own found, which loads Django for its own database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.throughput", what, database],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    assert not done.returncode, done.stderr[-3000:]
    rounds = json.loads(done.stdout.splitlines()[-1])
    return {name: median(found[name] for found in rounds) for name in rounds[0]}


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_jobs_and_points_against_raw_celery(database: str, bar: Bar) -> None:
    found = medians("jobs", DATABASES[database])
    bar(f"4 {database}", found["jobs"], note=f"of {found['raw']:.0f} empty messages/s")
    bar(f"5 {database}", found["points"])


def test_a_sweep_as_one_job_against_many(bar: Bar) -> None:
    bar("2", medians("sweep", "sqlite")["whole"])
