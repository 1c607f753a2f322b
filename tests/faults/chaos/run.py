"""One run: start everything, post the jobs, kill and wake things until all is over, judge."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from qtwin.serve.processes import Service
from tests.faults.chaos.ground import ground
from tests.faults.chaos.scenario import PAUSE_S, Scenario
from tests.faults.embedded import Embedded
from tests.faults.vendor.start import Started

NODES = {"node-a": 3, "node-b": 2}
"""Worker nodes and the processes of their pools."""
EVERY_S = {"node": 2.0, "sweeper": 6.0, "broker": 9.0, "postgres": 12.0, "pause": 7.0}
POSTGRES_KILLS = 2
BREATH_S = 0.25
START_S = 90.0
WHOLE_NODES = 0.3
"""The part of kills that takes a whole node; the rest takes one process of its pool."""


@dataclass(slots=True)
class Killer:
    """Kills what is due, wakes what slept long enough, and counts."""

    parts: Embedded
    log: Path
    dice: random.Random
    began: float = field(default_factory=time.monotonic)
    due: dict[str, float] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    woken: set[str] = field(default_factory=set)

    def strike(self) -> None:
        """Kill whatever has its turn now."""
        now = time.monotonic()
        for what, every_s in EVERY_S.items():
            if now >= self.due.setdefault(what, self.began + every_s):
                self.due[what] = now + every_s
                self._kill(what)

    def wake(self, *, all_of_them: bool = False) -> None:
        """Let processes go on that stood still for `PAUSE_S`."""
        for line in self.notes("pause"):
            _, pid, since, _ = line.split("\t")
            if line not in self.woken and (all_of_them or time.time() - float(since) > PAUSE_S):
                self.woken.add(line)
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGCONT)

    def notes(self, what: str) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(what)]

    def _kill(self, what: str) -> None:
        if what == "postgres":
            if self.parts.postgres is None or self.kills[what] == POSTGRES_KILLS:
                return
            self.parts.postgres.kill()
            time.sleep(0.3)
            self.parts.postgres.start()
        elif what == "node":
            what = self._kill_worker()
        elif what == "pause":
            self._pause_worker()
        else:
            self.parts.kill(what)
        self.kills[what] += 1

    def _kill_worker(self) -> str:
        """A whole node, or only one process of its pool, which its master replaces.

        A node that is still starting is left alone: on a slow machine none would ever run.
        """
        up = self._up()
        if not up:
            return "none was up"
        node, pool = self.dice.choice(up)
        if self.dice.random() < WHOLE_NODES:
            self.parts.kill(node.name)
            return "node"
        with suppress(psutil.NoSuchProcess):  # it may just have died of itself
            self.dice.choice(pool).kill()
        return "worker"

    def _pause_worker(self) -> None:
        """Stop one process of a pool, wherever it is; `wake` lets it go on."""
        pools = [pool for _, pool in self._up()]
        if pools:
            process = self.dice.choice(self.dice.choice(pools))
            with self.log.open("a") as log:
                log.write(f"pause\t{process.pid}\t{time.time():.3f}\tfrom outside\n")
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def _up(self) -> list[tuple[Service, list[psutil.Process]]]:
        """Nodes that have a pool, and its processes."""
        nodes = [service for service in self.parts.supervisor.services if service.name in NODES]
        pools = [(node, self._pool(node)) for node in nodes]
        return [(node, pool) for node, pool in pools if pool]

    def _pool(self, node: Service) -> list[psutil.Process]:
        if not node.alive or node.process is None:
            return []
        pool: list[psutil.Process] = psutil.Process(node.process.pid).children()
        return pool


def run(scenario: Scenario, seed: int) -> dict[str, Any]:
    """Everything that one run found, as JSON values."""
    with ground(scenario, seed) as (parts, sold):
        return _drive(scenario, seed, parts, sold)


def _drive(scenario: Scenario, seed: int, parts: Embedded, sold: Started) -> dict[str, Any]:
    from tests.faults.chaos import project, twins, verdict

    for node, processes in list(NODES.items())[: scenario.nodes]:
        parts.node(node, app="tests.faults.chaos.node", processes=processes, queues="jobs,io")
    parts.sweeper()
    made = project.make("mock-qpu-tags" if scenario.tags_only else "mock-qpu")
    project.submit_all(*made, scenario.jobs)
    _wait_for(lambda: bool(sold.posts), parts)
    began = time.monotonic()
    killer = Killer(parts, parts.home / "chaos.log", random.Random(seed))
    while time.monotonic() - began < scenario.limit_s and _left(may_hold=scenario.tags_only):
        if time.monotonic() - killer.began > scenario.chaos_s:
            _calm_down(parts, killer)
            _asked(_release_unread)
        elif scenario.kills:
            killer.strike()
        killer.wake()
        parts.supervisor.tick()
        time.sleep(BREATH_S)
    seconds = time.monotonic() - began
    _let_sleepers_try(killer)
    parts.kill_all()
    judged = verdict.judge(sold, may_hold=scenario.tags_only)
    return {
        "seed": seed,
        "seconds": round(seconds, 1),
        "kills": dict(killer.kills),
        "crashes": len(killer.notes("crash")),
        "crash points": len({line.split("\t")[3] for line in killer.notes("crash")}),
        "pauses": len(killer.notes("pause")),
        "posts": dict(Counter(str(post["fate"]) for post in sold.posts)),
        **{name: getattr(judged, name) for name in judged.__dataclass_fields__},
        "problems": judged.problems(),
        "twin": twins.read() if scenario.twin else None,
    }


def _wait_for(ready: Callable[[], bool], parts: Embedded) -> None:
    deadline = time.monotonic() + START_S
    while not ready():
        assert time.monotonic() < deadline, "the nodes did not start"
        parts.supervisor.tick()
        time.sleep(BREATH_S)


def _calm_down(parts: Embedded, killer: Killer) -> None:
    """End crashes and pauses."""
    flag = parts.home / "calm"
    if not flag.exists():
        flag.touch()
        killer.wake(all_of_them=True)


def _release_unread() -> int:
    """What a person does once workers live again: have kept results read; how many there were."""
    from qtwin.jobs.models import Job, State
    from qtwin.jobs.models.job import UNREAD
    from qtwin.jobs.services import job_release

    held = Job.objects.filter(state=State.HOLD, reason_code=UNREAD, release_requested_at=None)
    return len([job_release(job=job, by=None) for job in held])


def _let_sleepers_try(killer: Killer) -> None:
    """Wake whoever still stands, and give it time to do its worst."""
    if len(killer.woken) < len(killer.notes("pause")):
        killer.wake(all_of_them=True)
        time.sleep(1.5)


def _left(*, may_hold: bool) -> int:
    from qtwin.jobs.models import Job, State, Submission
    from qtwin.jobs.states import TERMINAL

    over = [*TERMINAL, State.HOLD] if may_hold else [*TERMINAL]
    bills = Submission.objects.filter(bill_due_at__isnull=False, job__state__in=TERMINAL)
    return _asked(lambda: Job.objects.exclude(state__in=over).count() + bills.count())


def _asked(question: Callable[[], int]) -> int:
    """Ask the database; one that was just killed is asked again on a new connection."""
    from django.db import OperationalError, connection

    try:
        return question()
    except OperationalError:
        connection.close()
        return sys.maxsize
