"""Whose turn it is: nobody starves, whatever the others queue."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Job
from qtwin.jobs.selectors import jobs_due
from qtwin.jobs.services import JobSpec, claim, job_submit, rest
from qtwin.jobs.turns import turns
from qtwin.projects.demo.h2 import SOURCES, SYSTEM
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, source_create

pytestmark = pytest.mark.django_db


def queue(project: Project, user: User, jobs: int = 1, priority: int = 0) -> list[Job]:
    source = project.sources.get(name="fci")
    spec = JobSpec(source=source, points=[[0.7]], priority=priority, force=True)
    return [job_submit(project=project, spec=spec, by=user) for _ in range(jobs)]


@pytest.fixture
def other(team: Team, user: User) -> Project:
    project = project_create(team=team, name="other", system=SYSTEM, by=user)
    for source in SOURCES:
        source_create(project=project, by=user, **source)
    return project


def serve() -> Job:
    """A worker takes one step of whatever is next; the job stays due."""
    time.sleep(0.002)  # SQLite's clock counts milliseconds, and equal ranks go by age
    job = claim(next(turns()), owner="w", lease_s=30)
    assert job is not None
    rest(job, wait_s=-1)
    time.sleep(0.002)
    return job


def test_one_job_is_served_beside_a_flood_of_another_project(
    project: Project, other: Project, user: User
) -> None:
    queue(project, user, jobs=30)
    serve()
    queue(other, user)
    assert Counter(serve().project_id for _ in range(10)) == {project.pk: 5, other.pk: 5}


def test_users_of_one_project_take_turns_within_its_share(
    project: Project, other: Project, user: User, viewer: User
) -> None:
    queue(project, user, jobs=10)
    queue(project, viewer)
    queue(other, user)
    served = [serve() for _ in range(12)]
    assert Counter(job.project_id for job in served) == {project.pk: 6, other.pk: 6}
    assert Counter(job.created_by_id for job in served if job.project_id == project.pk) == {
        user.pk: 3,
        viewer.pk: 3,
    }


def test_many_projects_take_turns_by_lot_and_none_is_left_behind(
    project: Project, user: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qtwin.jobs.turns.COMPARED", 4)
    (fci,) = (source for source in SOURCES if source["name"] == "fci")
    queue(project, user)
    for number in range(11):
        made = project_create(team=team, name=f"P{number}", system=SYSTEM, by=user)
        source_create(project=made, by=user, **fci)
        queue(made, user)
    with CaptureQueriesContext(connection) as queries:
        next(turns())
    assert len(queries) <= 1 + 4 + 1, "one for all, one for each compared, and the first of one"
    served = Counter(serve().project_id for _ in range(72))
    assert len(served) == 12
    assert max(served.values()) <= 10, "6 is the mean; without comparing it is 12 at times"
    assert len(set(turns())) == 12


def test_priority_goes_first_and_waiting_makes_up_for_it(project: Project, user: User) -> None:
    low, high = queue(project, user)[0], queue(project, user, priority=3)[0]
    assert serve().pk == high.pk
    Job.objects.filter(pk=low.pk).update(rank_at=timezone.now() - timedelta(minutes=31))
    assert serve().pk == low.pk


def test_a_short_job_does_not_wait_for_the_end_of_a_long_one(project: Project, user: User) -> None:
    long = queue(project, user)[0]
    serve()
    short = queue(project, user)[0]
    assert [serve().pk for _ in range(4)] == [long.pk, short.pk, long.pk, short.pk]


def test_what_others_have_or_is_not_due_has_no_turn(project: Project, user: User) -> None:
    first, second, third = queue(project, user, jobs=3)
    assert claim(first.pk, owner="w", lease_s=30)
    Job.objects.filter(pk=second.pk).update(next_run_at=timezone.now() + timedelta(hours=1))
    assert list(turns()) == [third.pk]


@pytest.mark.parametrize("read", [lambda: list(turns()), lambda: jobs_due(200)])
def test_ended_jobs_are_not_read_to_find_what_is_due(
    project: Project, user: User, read: Callable[[], object]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("asks SQLite for its plan")
    queue(project, user)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read()
    assert queries.captured_queries
    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = " ".join(str(row) for row in cursor.fetchall())
            assert "INDEX job_" in plan, plan
            assert "SCAN jobs_job" not in plan, plan
