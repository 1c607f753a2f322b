"""A campaign's failures once more: which jobs are made, and what its table and counters say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, User
from qtwin.campaigns.models import Campaign, Decision, Run, Step
from qtwin.campaigns.services import campaign_cancel, campaign_pause
from qtwin.campaigns.states import State
from qtwin.jobs.models import Job, PointFailure
from qtwin.jobs.models import State as JobState
from qtwin.jobs.services import job_retry
from tests.unit.campaigns.conftest import end_jobs, sweep, take
from tests.unit.campaigns.test_steps import measured, states, step

pytestmark = pytest.mark.django_db
Start = Callable[..., Campaign]


def finish(campaign: Campaign, **ends: Any) -> Campaign:
    for _ in range(20):
        take(campaign)
        if campaign.is_terminal:
            return campaign
        end_jobs(campaign, **ends)
        measured(campaign.project, (-1.0, -0.5))
    raise AssertionError(f"still {campaign.state}: {campaign.reason}")


def retry(api: APIClient, campaign: Campaign, code: int = 202) -> Any:
    answer = api.post(f"/api/v1/campaigns/{campaign.pk}:retry")
    assert answer.status_code == code, answer.content
    campaign.refresh_from_db()
    return answer.json()


def counters(row: Step) -> tuple[int, ...]:
    return (row.runs_total, row.runs_ended, row.points_total, row.points_measured)


def two(**changes: Any) -> dict[str, Any]:
    """Two entries of two points at two sources."""
    return sweep(points=[0.5, 0.7, 0.9, 1.1], **changes)


def test_a_retry_makes_new_jobs_of_failed_runs_only_and_the_table_follows(
    start: Start, api: APIClient
) -> None:
    campaign = finish(start(two()), failed=("hf",))
    assert campaign.state == State.DONE
    lost = {run.number: run.job for run in campaign.runs.filter(column="hf")}
    assert retry(api, campaign)["progress"]["points_failed"] == 0
    assert (campaign.state, campaign.finished_at) == (State.RUNNING, None)
    take(campaign)
    again = Job.objects.exclude(retry_of=None)
    assert {job.retry_of for job in again} == set(lost.values())
    assert {run.number: run.job.retry_of for run in campaign.runs.filter(column="hf")} == lost  # type: ignore[union-attr]  # each has a job
    assert set(campaign.runs.values_list("column", "retried")) == {("hf", 1), ("fci", 0)}
    assert counters(campaign.steps.get()) == (4, 2, 8, 4)
    finish(campaign)
    assert campaign.state == State.DONE
    assert campaign.reason == "All 8 points are measured."
    assert counters(campaign.steps.get()) == (4, 4, 8, 8)
    assert AuditEvent.objects.filter(action="campaign.retry").count() == 1
    assert "no run of the campaign failed" in retry(api, campaign, 409)["detail"]


def test_what_a_failed_job_measured_is_kept_and_counted_once(start: Start, api: APIClient) -> None:
    campaign = take(start(sweep(sources=["fci"], points=[0.5, 0.7, 0.9], chunk_points=3)))
    job = Job.objects.get()
    end_jobs(campaign, failed=("fci",))
    Job.objects.filter(pk=job.pk).update(points_done=2, points_failed=1)
    PointFailure.objects.create(job=job, row=0, reason="no convergence")
    take(campaign)
    run = campaign.runs.get()
    assert (run.points_measured, run.points_failed) == (1, 2)
    retry(api, campaign)
    take(campaign)
    again = Job.objects.get(retry_of=job)
    assert again.points == [[0.5], [0.9]]
    run.refresh_from_db()
    assert (run.state, run.points_measured, run.points_failed, run.points_kept) == (
        *("queued", 1, 0, 1),
    )
    end_jobs(campaign)
    take(campaign)
    run.refresh_from_db()
    assert (run.points_measured, campaign.steps.get().points_measured) == (3, 3)


def test_points_without_an_answer_of_a_job_that_succeeded_are_run_again(
    start: Start, api: APIClient
) -> None:
    campaign = take(start(sweep(sources=["fci"], points=[0.5, 0.7], chunk_points=2)))
    job = Job.objects.get()
    end_jobs(campaign)
    Job.objects.filter(pk=job.pk).update(points_failed=1)
    PointFailure.objects.create(job=job, row=1, reason="no convergence")
    take(campaign)
    assert (campaign.state, job.state) == (State.DONE, JobState.QUEUED)
    retry(api, campaign)
    take(campaign)
    assert Job.objects.get(retry_of=job).points == [[0.7]]


def test_a_run_whose_job_was_refused_is_submitted_anew(
    start: Start, api: APIClient, settings: Any
) -> None:
    campaign = start(two(sources=["hf"]))
    settings.JOB_MAX_POINTS = 1
    take(take(campaign))
    assert (campaign.state, Job.objects.count()) == (State.FAILED, 0)
    settings.JOB_MAX_POINTS = 2
    retry(api, campaign)
    assert finish(campaign).state == State.DONE
    assert Job.objects.filter(retry_of=None).count() == 2


def test_steps_that_were_left_out_because_of_a_failure_run_after_the_retry(
    start: Start, api: APIClient
) -> None:
    body = {
        "name": "x",
        "steps": [
            step("a", "hf"),
            step("b", after=["a"], when="a_min < 0"),
            step("c", after=["b"]),
            step("d", "mp2", after=["a"], when="a_failed > 0"),
        ],
    }
    campaign = finish(start(body), failed=("hf",))
    assert states(campaign) == {"a": "failed", "b": "skipped", "c": "skipped", "d": "done"}
    retry(api, campaign)
    assert states(campaign) == {"a": "running", "b": "waiting", "c": "waiting", "d": "done"}
    finish(campaign)
    assert states(campaign) == {"a": "done", "b": "done", "c": "done", "d": "done"}
    assert all(step.all_ended for step in campaign.steps.all())
    assert campaign.state == State.DONE


def test_conditions_know_what_earlier_jobs_of_a_run_measured(start: Start, api: APIClient) -> None:
    from qtwin.campaigns.selectors import step_facts

    campaign = take(start({"name": "x", "steps": [step("a")]}))
    job = Job.objects.get()
    end_jobs(campaign)
    measured(campaign.project, (-1.0, -0.5))
    Job.objects.filter(pk=job.pk).update(points_failed=1)
    PointFailure.objects.create(job=job, row=1, reason="no convergence")
    job.measurements.get(row=1).delete()
    take(campaign)
    retry(api, campaign)
    take(campaign)
    assert step_facts(campaign.steps.get())["a_min"] == -1.0


def test_a_paused_campaign_retries_when_it_is_resumed(
    start: Start, api: APIClient, user: User
) -> None:
    campaign = take(start(two()))
    end_jobs(campaign, failed=("hf",))
    campaign_pause(campaign=campaign, by=user)
    take(campaign)
    assert retry(api, campaign)["state"] == "paused"
    take(campaign)
    assert not Job.objects.exclude(retry_of=None).exists()
    api.post(f"/api/v1/campaigns/{campaign.pk}:resume")
    take(campaign)
    assert Job.objects.exclude(retry_of=None).count() == 2


def test_a_job_that_a_person_retried_before_is_taken_over(
    start: Start, api: APIClient, user: User
) -> None:
    campaign = finish(start(two(chunk_points=4)), failed=("hf",))
    lost = campaign.runs.get(column="hf").job
    assert lost is not None
    theirs = job_retry(job=lost, by=user)
    retry(api, campaign)
    take(campaign)
    assert campaign.runs.get(column="hf").job == theirs
    assert Job.objects.filter(retry_of=lost).count() == 1


def test_what_failed_twice_is_retried_twice(start: Start, api: APIClient) -> None:
    campaign = finish(start(two(sources=["hf"], chunk_points=4)), failed=("hf",))
    for _ in range(2):
        retry(api, campaign)
        finish(campaign, failed=("hf",))
    assert campaign.runs.get().retries.count() == campaign.runs.get().retried == 2
    assert Job.objects.exclude(retry_of=None).count() == 2
    assert campaign.steps.get().points_failed == 4


def test_a_cancelled_campaign_is_not_retried(
    start: Start, api: APIClient, user: User, settings: Any
) -> None:
    settings.CAMPAIGN_OPEN_JOBS = 2
    campaign = take(start(two()))
    end_jobs(campaign, failed=("hf",))
    take(campaign)
    campaign_cancel(campaign=campaign, by=user)
    assert "is being cancelled" in retry(api, campaign, 409)["detail"]
    take(campaign)
    assert "is cancelled" in retry(api, campaign, 409)["detail"]
    assert not Run.objects.filter(retried__gt=0).exists()


def test_a_loop_that_failed_asks_its_twin_again(start: Start, api: APIClient) -> None:
    loop = {"observable": "energy", "prices": {"fci": {"per_run": 1}}, "budget": 5}
    begin = {"sources": ["hf"], "points": [0.5]}
    campaign = take(start({"name": "x", "loop": {**loop, "start": begin}}))
    end_jobs(campaign)
    take(campaign)
    Step.objects.update(state="failed", reason="The twin cannot take in the evidence: x")
    take(campaign)
    assert campaign.state == State.FAILED
    retry(api, campaign)
    take(campaign)
    assert campaign.state == State.RUNNING
    assert states(campaign) == {"loop": "running"}


def test_a_loop_that_was_through_decides_again_after_a_retry(start: Start, api: APIClient) -> None:
    loop = {"observable": "energy", "prices": {"fci": {"per_run": 1}}, "budget": 5}
    begin = {"sources": ["hf", "fci"], "points": [0.5]}
    campaign = take(start({"name": "x", "loop": {**loop, "start": begin}}))
    end_jobs(campaign, failed=("hf",))
    take(campaign)
    of = campaign.steps.get()
    last = {"number": 1, "version": 1, "why": "", "sigma": 0.1, "cost": 0.0, "stop": True}
    Decision.objects.create(step=of, plan={"steps": [], "notes": []}, **last)
    Step.objects.update(state="done")
    take(campaign)
    assert campaign.state == State.DONE
    retry(api, campaign)
    take(campaign)
    end_jobs(campaign)
    take(campaign)
    assert states(campaign) == {"loop": "running"}
    assert "asks the twin" in campaign.reason
