"""Jobs and points per second, as multiples of what raw Celery drains in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from statistics import median

import pytest

from infra.dev.options import ROOT
from tests.benchmarks.conftest import Bar

LONGEST_S = 900


@cache
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


@pytest.mark.parametrize(("database", "least"), [("sqlite", 0.25), ("postgres", 0.20)])
def test_jobs_against_raw_celery(database: str, least: float, bar: Bar) -> None:
    found = medians("jobs", database)
    bar(f"raw Celery, empty messages per second ({database})", found["raw"], at_least=0)
    bar(f"jobs / empty messages, per second ({database})", found["jobs"], at_least=least)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_points_against_raw_celery(database: str, bar: Bar) -> None:
    """Of the same run; printed whether or not the bar of jobs is missed."""
    points = medians("jobs", database)["points"]
    bar(f"points of 1000 / empty messages, per second ({database})", points, at_least=30)


def test_a_sweep_as_one_job_against_many(bar: Bar) -> None:
    ratio = medians("sweep", "sqlite")["whole"]
    bar("200 points x 8 qubits as one job / as 200, per second", ratio, at_least=15)
