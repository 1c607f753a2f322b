"""A worker node that stands still while work is queued for it, and is timed while it works."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.faults.embedded import Embedded

PATIENCE_S = 300.0
LOOK_S = 0.1
"""A look takes milliseconds of the cores that are at work; each rate ends with its last job."""
NODE = "node"


class Plant:
    """One node, one project, one source. Rates are per second, until the last one is done."""

    def __init__(
        self,
        parts: Embedded,
        *,
        system: dict[str, Any],
        source: dict[str, Any],
        app: str,
        processes: int,
    ) -> None:
        from qtwin.accounts.models import User
        from qtwin.accounts.services import team_create
        from qtwin.projects.services import project_create, source_create

        self._parts, self._mark = parts, parts.home / "mark"
        self._user = User.objects.create_user("ada@example.org", "Ada")
        team = team_create(name="Ada's team", owner=self._user)
        self._project = project_create(team=team, name="bench", system=system, by=self._user)
        self._source = source_create(project=self._project, by=self._user, **source)
        parts.node(NODE, app=app, processes=processes, queues="jobs")
        parts.sweeper()

    def messages(self, count: int) -> float:
        """Raw Celery: messages that do nothing."""
        from tests.benchmarks.throughput import sandboxed

        self._stand_still()
        for _ in range(count):
            sandboxed.nothing.apply_async((), queue="jobs", retry=False)
        began = self._go()
        self._wait_for_all()
        return count / (self._mark.stat().st_mtime - began)

    def jobs(self, count: int, *, points: Sequence[Sequence[float]], **asked: Any) -> float:
        """Jobs of the same points, from the first hint that is heard to the last one's numbers."""
        return self.queue([points] * count, **asked)

    def queue(self, jobs: Sequence[Sequence[Sequence[float]]], **asked: Any) -> float:
        """Jobs by their points."""
        from django.db.models import Max

        from qtwin.jobs.models import Job
        from qtwin.jobs.selectors import active
        from qtwin.jobs.services import JobSpec, job_submit

        self._stand_still()
        for points in jobs:
            spec = JobSpec(source=self._source, points=points, seed=1, force=True, **asked)
            job_submit(project=self._project, spec=spec, by=self._user)
        began = self._go()
        self._wait_while(active(Job.objects.all()).exists)
        ended = Job.objects.aggregate(ended=Max("finished_at"))["ended"]
        return len(jobs) / float(ended.timestamp() - began)

    def _stand_still(self) -> None:
        """Once it has heard what was sent before, such as hints of the sweeper."""
        self._wait_for_all()
        self._signal(signal.SIGSTOP)

    def _wait_for_all(self) -> None:
        from tests.benchmarks.throughput import sandboxed

        self._mark.unlink(missing_ok=True)
        sandboxed.mark.apply_async((str(self._mark),), queue="jobs", retry=False)
        self._wait_while(lambda: not self._mark.exists())

    def _go(self) -> float:
        began = time.time()
        self._signal(signal.SIGCONT)
        return began

    def _signal(self, number: int) -> None:
        process = self._parts.service(NODE).process
        assert process is not None
        os.killpg(process.pid, number)

    def _wait_while(self, busy: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while busy():
            assert time.monotonic() < deadline, "it took too long"
            time.sleep(LOOK_S)
