"""A rolling upgrade: the database is migrated under workers of the code before, which go on."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from infra.dev.options import ROOT
from qtwin.serve.processes import Service
from tests.faults.chaos.ground import ground
from tests.faults.chaos.scenario import Scenario
from tests.faults.embedded import Embedded
from tests.faults.vendor.faults import Rates
from tests.faults.vendor.start import Started
from tests.upgrade.before import Before

JOBS, LATER = 36, 12
BEGUN, MORE, BATCHES = 6, 6, 8
LIMIT_S = 150.0
RATES = Rates.calm(busy=0.1, drop_after=0.1, lag_s=1.0, shortest_s=0.2, longest_s=3.0)
WORKER = (
    "-m celery -A workers worker -Q jobs,io --pool prefork --concurrency 2 -n {name}@test "
    "--loglevel WARNING --without-gossip --without-mingle"
)
LOAD = """
import django
django.setup()
import qtwin
from qtwin.accounts.models import User
from qtwin.projects.models import Project
from tests.faults.chaos import project
print(qtwin.__path__)
"""
MAKE = f'{LOAD}project.submit_all(*project.make("mock-qpu"), {JOBS})'
SUBMIT = f"""{LOAD}
project.submit_all(Project.objects.get(), User.objects.get(), {LATER}, key="old code")
"""


def run(seed: int, *, database: str) -> dict[str, Any]:
    """What the old code did before and after the migration, and both bills."""
    with tempfile.TemporaryDirectory(prefix="qtwin-before-") as folder:
        old = Before(Path(folder))
        tables = partial(old.run, "manage.py", "migrate", "--verbosity", "0")
        scenario = Scenario(database=database, crash=0.0, pause=0.0, sleep=0.0, rates=RATES)
        with ground(scenario, seed, tables=lambda: None) as (parts, sold):
            tables()
            return _drive(parts, sold, old, seed)


on_sqlite = partial(run, database="sqlite")
on_postgres = partial(run, database="postgres")


def _drive(parts: Embedded, sold: Started, old: Before, seed: int) -> dict[str, Any]:
    from qtwin.accounts.models import User
    from qtwin.projects.models import Project
    from tests.faults.chaos import project, verdict

    told = old.run("-c", MAKE)
    wrong = [] if str(old.folder) in told else [f"the old code is not old: {told}"]
    _start(parts, "old", old.command(*WORKER.format(name="old").split()))
    _start(parts, "old-sweeper", old.command("-m", "workers.sweeper"))
    _wait(parts, lambda: len(sold.tasks) >= BEGUN)
    began = time.monotonic()
    _migrate()
    migrated_s = time.monotonic() - began
    workers = _pool(parts, "old")
    before = _steps(workers)
    old.run("-c", SUBMIT)
    _wait(parts, lambda: _steps(workers) >= before + MORE)
    made, user = Project.objects.get(), User.objects.get()
    _start(parts, "new", (sys.executable, *WORKER.format(name="new").split()))
    _start(parts, "new-sweeper", (sys.executable, "-m", "workers.sweeper"))
    _wait(parts, lambda: bool(_pool(parts, "new")))
    for batch in range(BATCHES):  # until the new worker, which may still load, has had its share
        if not _steps(_pool(parts, "new")):
            project.submit_all(made, user, LATER, key=f"new code {batch}")
            _wait(parts, _all_ended)
    wrong += [] if _steps(_pool(parts, "new")) else ["the new worker took no step"]
    by_old = _steps(workers) - before
    for name in ("old-sweeper", "old"):
        _stop(parts, name)
    _wait(parts, _all_ended)
    parts.kill_all()
    judged = verdict.judge(sold, may_hold=False)
    wrong += [] if old.newer else ["the old code has every migration"]
    return {
        "seed": seed,
        "migrations": sorted(old.newer),
        "migrated in": round(migrated_s, 1),
        "attempts by old code on the new schema": by_old,
        "jobs": judged.jobs,
        "states": judged.states,
        "spent": judged.spent,
        "charged": judged.charged,
        "problems": [*judged.problems(), *wrong],
    }


def _start(parts: Embedded, name: str, command: tuple[str, ...]) -> None:
    parts.supervisor.start(Service(name, command, stop_s=15.0))


def _stop(parts: Embedded, name: str) -> None:
    """As a deployment does: ask, and let it finish what it has in hand."""
    service = parts.service(name)
    parts.supervisor.services.remove(service)
    assert service.process is not None
    service.process.terminate()
    service.process.wait(LIMIT_S)


def _migrate() -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr[-3000:]


def _pool(parts: Embedded, name: str) -> set[str]:
    """Process ids of a worker's pool."""
    process = parts.service(name).process
    assert process is not None
    return {str(child.pid) for child in psutil.Process(process.pid).children()}


def _steps(pool: set[str]) -> int:
    """Attempts that they have begun."""
    from qtwin.jobs.models import Attempt

    return sum(
        row.split(":")[1] in pool for row in Attempt.objects.values_list("worker", flat=True)
    )


def _all_ended() -> bool:
    from qtwin.jobs.models import Job
    from qtwin.jobs.states import TERMINAL

    return not Job.objects.exclude(state__in=TERMINAL).exists()


def _wait(parts: Embedded, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        parts.supervisor.tick()
        time.sleep(0.1)
