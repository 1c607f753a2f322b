"""A backup while paid jobs run, the loss of everything after they were bought, and its return."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from infra.dev.options import ROOT
from tests.faults.chaos.ground import ground
from tests.faults.chaos.scenario import Scenario
from tests.faults.embedded import Embedded
from tests.faults.vendor.faults import Rates
from tests.faults.vendor.start import Started

JOBS = 24
BOUGHT_FIRST = 8
LIMIT_S = 120.0
CALM_S = 3.0
SWEEP: dict[str, Any] = {
    "sources": [{"source": "hf", "knobs": {}, "shots": None}],
    "points": [1.1],
    "observables": [],
    "chunk_points": None,
    "seed": 1,
}
RATES = Rates.calm(busy=0.25, drop_after=0.3, lag_s=1.0, shortest_s=0.5, longest_s=4.0)
"""Some tries are refused, so that parts have later ones; some answers are lost."""
WANTED = {"QUEUED", "SUBMITTING", "SUBMITTED", "DONE"}


def run(seed: int, *, database: str, tags_only: bool) -> dict[str, Any]:
    """Posts, and both bills, of a drill."""
    scenario = Scenario(
        database=database, tags_only=tags_only, crash=0.0, pause=0.0, sleep=0.0, rates=RATES
    )
    with ground(scenario, seed) as (parts, sold):
        return _drill(parts, sold, seed, "mock-qpu-tags" if tags_only else "mock-qpu")


on_sqlite = partial(run, database="sqlite", tags_only=False)
on_postgres = partial(run, database="postgres", tags_only=True)


def _drill(parts: Embedded, sold: Started, seed: int, backend: str) -> dict[str, Any]:
    from qtwin.jobs.models import Job, State
    from tests.faults.chaos import project, verdict

    made, user = project.make(backend)
    schedule = _schedule(made, user)
    project.submit_all(made, user, JOBS)
    _start(parts, "before")
    place = _backup(parts, sold)
    fired = schedule(fire=True)
    _wait(parts, _all_ended)
    bought, posts = {str(task["tag"]) for task in sold.tasks}, len(sold.posts)
    parts.kill_all()
    _lose(parts)
    told = _manage("restore", str(place))
    seen = Counter(Job.objects.values_list("state", flat=True))
    again = _manage("restore", str(place), fails=True)
    schedule(due=True)
    _start(parts, "after")
    _wait(parts, _all_ended)
    _breathe(parts)
    judged = verdict.judge(sold, may_hold=False)
    new = sold.posts[posts:]
    wrong = [f"posted again: {post['tag']}" for post in new if post["tag"] in bought]
    wrong += [f"no job was {state} in the backup" for state in sorted(WANTED - set(seen))]
    wrong += [] if "is not empty" in again else [f"put back twice: {again}"]
    wrong += [] if "1 schedules" in told else [f"the schedule did not stop: {told}"]
    wrong += [] if fired and schedule() == 0 else ["the schedule went on"]
    wrong += [f"state {job.state}" for job in Job.objects.exclude(state=State.DONE)]
    return {
        "seed": seed,
        "in the backup": dict(seen),
        "posts before": posts,
        "posts after": len(new),
        "spent": judged.spent,
        "charged": judged.charged,
        "problems": [*judged.problems(), *wrong],
    }


def _backup(parts: Embedded, sold: Started) -> Path:
    """One of the moment when some job is in each state: the workers stand still meanwhile."""
    from qtwin.jobs.models import Job

    node = parts.service("node-before")
    _wait(parts, lambda: len(sold.tasks) >= BOUGHT_FIRST)
    while True:
        _wait(parts, lambda: set(Job.objects.values_list("state", flat=True)) >= WANTED)
        assert node.process is not None
        os.killpg(node.process.pid, signal.SIGSTOP)
        try:
            if set(Job.objects.values_list("state", flat=True)) >= WANTED:
                return Path(_manage("backup", str(parts.home / "backups")).split(":")[0])
        finally:
            os.killpg(node.process.pid, signal.SIGCONT)


def _schedule(made: Any, user: Any) -> Any:
    """A schedule of jobs that cost nothing; asked, it says how often it has fired."""
    from django.utils import timezone

    from qtwin.campaigns.models import Schedule
    from qtwin.campaigns.outline import StepPlan
    from qtwin.campaigns.services import schedule_create, schedule_fire
    from qtwin.projects.services import source_create

    source_create(
        project=made,
        by=user,
        name="hf",
        label="hf",
        role="approximation",
        backend="pyscf",
        method="hf",
        settings={},
    )
    sweep = StepPlan(name="all", kind="sweep", spec=SWEEP)
    row = schedule_create(project=made, name="nightly", steps=[sweep], by=user, every_hours=24)

    def fired(*, due: bool = False, fire: bool = False) -> int:
        if due or fire:
            Schedule.objects.update(next_at=timezone.now())
        if fire:
            schedule_fire(row.pk)
        return int(Schedule.objects.get(pk=row.pk).fired)

    return fired


def _start(parts: Embedded, name: str) -> None:
    parts.node(f"node-{name}", processes=2)
    parts.sweeper(f"sweeper-{name}")


def _wait(parts: Embedded, done: Any) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        parts.supervisor.tick()
        time.sleep(0.1)


def _breathe(parts: Embedded) -> None:
    """Give whoever would still post the time to."""
    until = time.monotonic() + CALM_S
    _wait(parts, lambda: time.monotonic() > until)


def _all_ended() -> bool:
    from qtwin.jobs.models import Job
    from qtwin.jobs.states import TERMINAL

    return not Job.objects.exclude(state__in=TERMINAL).exclude(state="HOLD").exists()


def _lose(parts: Embedded) -> None:
    """Everything but the keys and the backups."""
    from django.db import connection

    for service in list(parts.supervisor.services):
        if service.name != "broker":
            parts.supervisor.services.remove(service)
    shutil.rmtree(parts.home / "artifacts")
    if parts.postgres is None:
        connection.close()
        for path in parts.home.glob("qtwin.sqlite3*"):
            path.unlink()
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    connection.close()


def _manage(*words: str, fails: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(done.returncode) is fails, done.stderr
    return done.stderr if fails else done.stdout
