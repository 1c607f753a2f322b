"""Identical exact jobs are computed once: the others wait, and never for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.models.job import NEVER
from qtwin.jobs.selectors import due, jobs_due, jobs_reused_by, jobs_visible_to
from qtwin.jobs.services import JobSpec, claim, job_cancel, job_fail, job_hold, job_submit
from qtwin.jobs.sharing import job_waits_for
from qtwin.jobs.waiting import job_waiting
from qtwin.projects.models import Project
from qtwin.projects.services import source_revise
from tests.unit.jobs.answering import answer, begin
from workers.step import step

pytestmark = pytest.mark.django_db

Ask = Callable[..., Job]
POINTS = [[0.5], [0.7], [0.9]]


@pytest.fixture
def ask(project: Project, user: User) -> Ask:
    def run(source: str = "fci", points: Any = POINTS, **more: Any) -> Job:
        spec = JobSpec(source=project.sources.get(name=source), points=points, **more)
        return job_submit(project=project, spec=spec, by=user)

    return run


@pytest.fixture
def pair(ask: Ask) -> tuple[Job, Job]:
    return ask(), ask(points=POINTS[::-1])


def at_once(job: Job) -> Job:
    """A worker takes the job, which needs no computation."""
    assert step(str(job.pk), owner="w")
    job.refresh_from_db()
    return job


def test_the_second_waits_says_for_which_and_takes_its_numbers(
    pair: tuple[Job, Job], user: User, api: APIClient
) -> None:
    first, second = pair
    assert jobs_due(9) == [first.pk]
    assert claim(second.pk, owner="w", lease_s=5) is None
    held = begin(first)
    shown = api.get(f"/api/v1/jobs/{second.pk}").json()
    listed = job_waiting(jobs_visible_to(user).get(pk=second.pk))
    assert shown["reason_code"] == listed.code == "same_running"
    assert str(first.pk) in shown["reason"]
    assert all((shown["next_step"], shown["estimate"], listed.estimate))
    Job.objects.filter(pk=held.pk).update(lease_until=NEVER, lease_owner="")
    answer(first)
    assert jobs_due(9) == [second.pk]
    assert at_once(second).state == State.DONE
    assert (second.points_reused, jobs_reused_by(second)) == (3, [first.pk])
    assert Measurement.objects.count() == 3
    assert audit() == []


def test_a_crash_of_the_first_keeps_the_second_waiting_until_it_is_taken_over(
    pair: tuple[Job, Job],
) -> None:
    first, second = pair
    begin(first)
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=first.pk).update(lease_until=past)
    assert claim(second.pk, owner="w", lease_s=5) is None
    assert jobs_due(9) == [first.pk]
    answer(first)
    assert first.crash_count == 0
    assert at_once(second).points_reused == 3


@pytest.mark.parametrize("how", ["failed", "cancelled", "held"])
def test_the_second_computes_itself_when_the_first_does_not(
    pair: tuple[Job, Job], user: User, how: str
) -> None:
    first, second = pair
    if how == "failed":
        job_fail(begin(first), code="poison", reason="Its worker died 3 times in a row.")
    elif how == "cancelled":
        job_cancel(job=first, by=user)
    else:
        job_hold(job=first, why="later", by=user)
    assert jobs_due(9) == [second.pk]
    assert answer(second).points_reused == 0
    assert second.state == State.DONE


def test_what_a_failed_first_measured_is_taken(pair: tuple[Job, Job]) -> None:
    first, second = pair
    answer(first, rows=2)
    held = claim(first.pk, owner="w", lease_s=5)
    assert held is not None
    job_fail(held, code="crashed", reason="It broke.")
    Job.objects.filter(pk=second.pk).update(chunk_points=1)
    assert at_once(second).state == State.DONE
    assert (second.points_reused, second.points) == (2, [[0.7], [0.5], [0.9]])
    assert [m.row for m in second.measurements.all()] == [2]
    assert audit() == []


def test_of_three_one_computes_and_no_one_waits_for_one_that_waits(ask: Ask) -> None:
    first, second, third = ask(), ask(), ask()
    assert [job_waits_for(job) for job in (first, second, third)] == [None, first.pk, first.pk]
    job_fail(begin(first), code="poison", reason="It broke.")
    assert [job_waits_for(job) for job in (second, third)] == [None, second.pk]
    answer(second)
    assert at_once(third).points_reused == 3


@pytest.mark.parametrize(
    "other",
    [
        {"force": True},
        {"source": "hf"},
        {"points": [[0.5], [0.7]]},
        {"seed": 99},
        {"source": "vqe-ideal", "shots": 100},
    ],
)
def test_another_computation_waits_for_nothing(ask: Ask, other: dict[str, Any]) -> None:
    ask(seed=1)
    if "shots" in other:
        ask(**other)
    assert job_waits_for(ask(**other)) is None


def test_the_same_seed_and_a_forced_computation_are_waited_for(ask: Ask) -> None:
    first, same = ask(seed=1, force=True), ask(seed=1)
    assert job_waits_for(same) == job_waits_for(ask()) == first.pk
    assert len(jobs_due(9)) == 1


def test_another_revision_of_the_source_is_not_waited_for(
    ask: Ask, project: Project, user: User
) -> None:
    ask()
    source_revise(source=project.sources.get(name="fci"), settings={}, by=user)
    assert job_waits_for(ask()) is None


FATES: dict[str, dict[str, Any]] = {
    "queued": {},
    "claimed": {"lease_until": "2100-01-01T00:00Z", "lease_owner": "w"},
    "running": {"state": "RUNNING", "started_at": "2026-01-01T00:00Z"},
    "between parts": {"started_at": "2026-01-01T00:00Z"},
    "held": {"state": "HOLD", "reason_code": "held"},
    "held halfway": {"state": "HOLD", "reason_code": "held", "started_at": "2026-01-01T00:00Z"},
    "over": {"state": "CANCELLED", "finished_at": "2026-01-01T00:00Z"},
}


REACHABLE = [fates for fates in product(FATES, repeat=3) if fates.count("claimed") < 2]
BLANK = {"state": "QUEUED", "started_at": None, "reason_code": "", "finished_at": None}


def test_whatever_state_three_are_in_one_goes_on_and_no_chain_forms(ask: Ask) -> None:
    jobs = [ask(), ask(), ask()]
    free: dict[str, Any] = {"lease_until": NEVER, "lease_owner": "", **BLANK}
    for fates in REACHABLE:
        for job, fate in zip(jobs, fates, strict=True):
            Job.objects.filter(pk=job.pk).update(**{**free, **FATES[fate]})
        rows = {job.pk: job for job in Job.objects.all()}
        idle = [pk for pk, job in rows.items() if not job.lease_owner]
        waits = {pk: job_waits_for(rows[pk]) for pk in idle}
        assert not any(first and waits.get(first) for first in waits.values()), (fates, "a chain")
        awake = [job for job in rows.values() if not job.is_terminal and job.state != State.HOLD]
        goes_on = set(due(Job.objects.all()).values_list("pk", flat=True)) | (set(rows) - set(idle))
        assert bool(goes_on) == bool(awake), (fates, "nobody goes on")
        fresh = [pk for pk in goes_on if rows[pk].started_at is None]
        begun = [job for job in awake if job.started_at is not None]
        assert len(fresh) <= 1, (fates, "two begin the same")
        assert not begun or not set(fresh) & set(idle), (fates, "one begins beside another")
