"""A database with many jobs, written in bulk: python -m tests.benchmarks.many_jobs COUNT.

They belong to the demo's project and to others beside it, in every state that a job may have.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

import django

PROJECTS = 20
BATCH = 2000
EVERY_S = 20
SEED = 20260101
SHARES = {"DONE": 90, "FAILED": 4, "CANCELLED": 3, "QUEUED": 2, "HOLD": 1}


def fill(count: int, projects: int = PROJECTS) -> None:
    """Add this many jobs, one every 20 s until now, with two events each."""
    from qtwin.jobs.models import Event, Job
    from qtwin.projects.demo import H2, demo_seed
    from qtwin.projects.demo.h2 import SOURCES, SYSTEM
    from qtwin.projects.services import project_create, source_create

    user, first = demo_seed(H2)
    filled = [first]
    for number in range(1, projects):
        project = project_create(team=first.team, name=f"H2, {number}", system=SYSTEM, by=user)
        for source in SOURCES:
            source_create(project=project, by=user, **source)
        filled.append(project)
    sources = [(p, source.latest) for p in filled for source in p.sources.all()]
    start = datetime.now(UTC) - timedelta(seconds=EVERY_S * count)
    Job._meta.get_field("created_at").auto_now_add = False
    Event._meta.get_field("created_at").auto_now_add = False

    def jobs() -> Iterator[Job]:
        draw = Random(SEED)
        states = draw.choices(list(SHARES), list(SHARES.values()), k=count)
        for number, state in enumerate(states):
            project, revision = draw.choice(sources)
            made = start + timedelta(seconds=EVERY_S * number)
            ended = state in {"DONE", "FAILED", "CANCELLED"}
            points = draw.randint(1, 40)
            yield Job(
                project=project,
                source_revision=revision,
                created_by=user,
                created_at=made,
                points=[[0.3 + 0.05 * step] for step in range(points)],
                observables=["energy"],
                seed=number,
                spec_hash=f"{number:064d}",
                state=state,
                points_total=points,
                points_done=points if state == "DONE" else 0,
                reason_code={"FAILED": "no_answer", "HOLD": "held"}.get(state, ""),
                reason={"FAILED": "The optimiser did not converge."}.get(state, ""),
                rank_at=made,
                next_run_at=datetime.now(UTC) + timedelta(days=365),
                started_at=made if ended else None,
                finished_at=made + timedelta(seconds=points * draw.random()) if ended else None,
            )

    rows = jobs()
    while batch := list(islice(rows, BATCH)):
        Job.objects.bulk_create(batch)
        events = [
            Event(project_id=one.project_id, job=one, kind="job.state", to_state=to, created_at=at)
            for one in batch
            for to, at in (("QUEUED", one.created_at), (one.state, one.finished_at))
            if at is not None
        ]
        Event.objects.bulk_create(events)


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]))
