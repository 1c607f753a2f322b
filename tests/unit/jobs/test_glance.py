"""What a project's page says of its jobs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qtwin.accounts.models import Team, User
from qtwin.jobs.glance import RECENT, jobs_counted, jobs_latest, jobs_to_approve
from qtwin.jobs.models import Job, State
from qtwin.jobs.models.job import APPROVAL
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.demo.h2 import SOURCES, SYSTEM
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, source_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def submit(project: Project, user: User) -> Callable[..., Job]:
    def make(*, source: str, points: list[list[float]]) -> Job:
        spec = JobSpec(source=project.sources.get(name=source), points=points, force=True)
        return job_submit(project=project, spec=spec, by=user)

    return make


def test_the_newest_jobs_of_this_project_with_their_sources(
    project: Project, team: Team, user: User, submit: Callable[..., Job]
) -> None:
    jobs = [submit(source="hf", points=[[0.5 + 0.01 * n]]) for n in range(RECENT + 2)]
    other = project_create(team=team, name="another", system=SYSTEM, by=user)
    for source in SOURCES[:1]:
        source_create(project=other, by=user, **source)
    assert jobs_latest(other.pk) == []
    latest = jobs_latest(project.pk)
    assert [one.pk for one in latest] == [one.pk for one in reversed(jobs[2:])]
    with CaptureQueriesContext(connection) as more:
        assert {one.source_revision.source.name for one in latest} == {"hf"}
    assert not more.captured_queries


def test_jobs_that_wait_for_an_approver(project: Project, submit: Callable[..., Job]) -> None:
    held, other = (submit(source="hf", points=[[x]]) for x in (0.5, 0.6))
    Job.objects.filter(pk=held.pk).update(state=State.HOLD, reason_code=APPROVAL)
    Job.objects.filter(pk=other.pk).update(state=State.HOLD, reason_code="unread")
    assert [one.pk for one in jobs_to_approve(project.pk)] == [held.pk]


def test_jobs_and_points_of_each_source(project: Project, submit: Callable[..., Job]) -> None:
    done = submit(source="hf", points=[[0.5], [0.6]])
    failed = submit(source="hf", points=[[0.7]])
    submit(source="mp2", points=[[0.8]])
    Job.objects.filter(pk=done.pk).update(
        state=State.DONE, points_done=2, finished_at=timezone.now()
    )
    Job.objects.filter(pk=failed.pk).update(
        state=State.FAILED, finished_at=timezone.now(), reason_code="rejected", reason="No."
    )
    by_name = {one.pk: one.name for one in project.sources.all()}
    counted = {by_name[key]: counts for key, counts in jobs_counted(project.pk).items()}
    assert counted == {
        "hf": {"jobs": 2, "open": 0, "failed": 1, "points_done": 2, "points_total": 3},
        "mp2": {"jobs": 1, "open": 1, "failed": 0, "points_done": 0, "points_total": 1},
    }
