"""A stopped backend starts no job of those whom the stop is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.jobs.models import Job, State
from qtwin.jobs.selectors import jobs_due, jobs_visible_to
from qtwin.jobs.services import JobSpec, claim, job_cancel, job_submit
from qtwin.jobs.waiting import job_waiting
from qtwin.projects.models import Budget, Project
from qtwin.projects.services import (
    backend_start,
    backend_stop,
    source_create,
)
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("for_all", [True, False])
def test_jobs_of_a_stopped_backend_wait_and_say_so(
    project: Project, budget: Budget, submit: Callable[..., Job], user: User, for_all: bool
) -> None:
    team = None if for_all else project.team
    running, waiting = submit(1), submit(1)
    take_steps(running, 1)
    backend_stop(backend="paid", team=team, why="the price went up", by=user)
    assert claim(waiting.pk, owner="x", lease_s=5) is None
    Job.objects.update(next_run_at=timezone.now() - timedelta(seconds=1))
    assert jobs_due(9) == [running.pk]
    shown = jobs_visible_to(user).get(pk=waiting.pk)
    for job in (waiting, shown):
        reason = job_waiting(job)
        assert reason.code == "backend_stopped"
        assert "the price went up" in reason.sentence
    assert job_cancel(job=submit(1), by=user).state == State.CANCELLED
    backend_start(backend="paid", team=team, by=user)
    assert set(jobs_due(9)) == {running.pk, waiting.pk}
    assert claim(waiting.pk, owner="x", lease_s=5) is not None


def test_another_teams_switch_and_another_backend_stop_nothing(
    budget: Budget, submit: Callable[..., Job], user: User, stranger: User
) -> None:
    backend_stop(backend="paid", team=stranger.memberships.get().team, why="", by=stranger)
    backend_stop(backend="aer", team=None, why="", by=None)
    job = submit(1)
    assert jobs_due(9) == [job.pk]


def test_stopping_a_backend_stops_its_mitigated_forms(project: Project, user: User) -> None:
    source = source_create(
        project=project, name="z", role="device", backend="zne+fake-ibm", method="vqe", by=user
    )
    spec = JobSpec(source=source, points=[[0.7]], shots=300)
    job = job_submit(project=project, spec=spec, by=user)
    backend_stop(backend="fake-ibm", team=None, why="", by=None)
    assert jobs_due(9) == []
    backend_start(backend="fake-ibm", team=None, by=None)
    assert jobs_due(9) == [job.pk]
