"""Fifty jobs are cancelled while no worker runs; workers that come later buy nothing."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from tests.faults.chaos.ground import ground
from tests.faults.chaos.scenario import SCENARIOS

JOBS = 50
WATCH_S = 4.0
START_S = 60.0


def run(seed: int) -> dict[str, Any]:
    """How many posts the vendor got, and how the jobs ended."""
    with ground(SCENARIOS["calm"], seed) as (parts, sold):
        from qtwin.jobs.models import Job
        from qtwin.jobs.services import job_cancel
        from tests.faults.chaos import project

        made, user = project.make("mock-qpu")
        project.submit_all(made, user, JOBS)
        for job in Job.objects.select_related("project__team"):
            job_cancel(job=job, by=user)
        cancelled = list(Job.objects.values_list("pk", flat=True))
        project.submit_all(made, user, 1, key="later")
        parts.node("node-a")
        parts.sweeper()
        deadline = time.monotonic() + START_S
        while not sold.posts and time.monotonic() < deadline:
            time.sleep(0.1)  # the later job's post says that workers run
        time.sleep(WATCH_S)
        ran = bool(sold.posts)
        posts = [post for post in sold.posts if str(post["tag"])[6:42] in map(str, cancelled)]
        states = Counter(Job.objects.filter(pk__in=cancelled).values_list("state", flat=True))
    wrong = [f"posts {len(posts)}"] if posts else []
    wrong += [] if states == {"CANCELLED": JOBS} else [f"states {dict(states)}"]
    wrong += [] if ran else ["no worker ran"]
    return {"seed": seed, "posts": len(posts), "states": dict(states), "problems": wrong}
