"""A sweep from its request to its end; pause, resume, cancel; crashes between and within steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign, Entry, Run, Step
from qtwin.campaigns.services import (
    CampaignLost,
    campaign_advance,
    campaign_cancel,
    campaign_claim,
    campaign_pause,
    campaign_resume,
)
from qtwin.campaigns.states import State
from qtwin.jobs.models import Event, Job
from qtwin.jobs.models import State as JobState
from qtwin.projects.models import Project
from tests.unit.campaigns.conftest import end_jobs, sweep, take

pytestmark = pytest.mark.django_db
Start = Callable[..., Campaign]


def finish(campaign: Campaign, **ends: Any) -> Campaign:
    for _ in range(30):
        take(campaign)
        if campaign.is_terminal:
            return campaign
        end_jobs(campaign, **ends)
    raise AssertionError(f"still {campaign.state}: {campaign.reason}")


def points_run(campaign: Campaign) -> Counter[tuple[str, float]]:
    jobs = Job.objects.filter(campaign_runs__campaign=campaign)
    return Counter(
        (job.source_revision.source.name, point) for job in jobs for (point,) in job.points
    )


def test_a_sweep_makes_one_job_per_source_and_chunk_and_each_point_runs_once(start: Start) -> None:
    campaign = start(sweep())
    assert Job.objects.count() == 0, "a worker makes the jobs"
    finish(campaign)
    assert campaign.state == State.DONE
    assert Job.objects.count() == 2 * 3
    assert points_run(campaign) == {
        (source, x): 1 for source in ("hf", "fci") for x in (0.5, 0.7, 0.9, 1.1, 1.3)
    }
    step = campaign.steps.get()
    assert (step.runs_total, step.runs_ended) == (6, 6)
    assert (step.points_total, step.points_measured, step.points_failed) == (10, 10, 0)


def test_jobs_of_a_campaign_draw_independent_shots_that_a_seed_repeats(start: Start) -> None:
    source = {"source": "vqe-ideal", "shots": 100}
    first, again, other = (
        start(sweep(sources=[source], seed=seed)).runs.order_by("number") for seed in (7, 7, 8)
    )
    seeds = [run.seed for run in first]
    assert len(set(seeds)) == 3
    assert seeds == [run.seed for run in again]
    assert not set(seeds) & {run.seed for run in other}


def test_no_more_jobs_are_open_than_the_limit_says(start: Start, settings: Any) -> None:
    settings.CAMPAIGN_OPEN_JOBS = 4
    campaign = start(sweep(chunk_points=1))
    for expected in (4, 8, 10):
        take(campaign)
        take(campaign)
        assert Job.objects.count() == expected
        end_jobs(campaign)
    assert take(campaign).state == State.DONE


def test_a_source_that_fails_is_counted_and_said(start: Start) -> None:
    campaign = finish(start(sweep()), failed=("hf",))
    step = campaign.steps.get()
    assert campaign.state == State.DONE
    assert (step.points_measured, step.points_failed) == (5, 5)
    assert "5 of 10 points are measured" in campaign.reason
    assert "It broke." in campaign.reason


def test_a_sweep_without_a_single_value_failed(start: Start) -> None:
    campaign = finish(start(sweep()), failed=("hf", "fci"))
    assert campaign.state == State.FAILED
    assert "It broke." in campaign.reason


def test_the_same_key_gives_the_same_campaign(start: Start) -> None:
    first = start(sweep(), **{"Idempotency-Key": "k"})
    assert start(sweep(), **{"Idempotency-Key": "k"}) == first
    assert Campaign.objects.count() == 1


def test_a_paused_campaign_makes_no_jobs_and_goes_on_when_resumed(
    start: Start, user: User, settings: Any
) -> None:
    settings.CAMPAIGN_OPEN_JOBS = 2
    campaign = take(start(sweep()))
    assert campaign_pause(campaign=campaign, by=user)
    end_jobs(campaign)
    for _ in range(3):
        take(campaign)
    assert (campaign.state, Job.objects.count()) == (State.PAUSED, 2)
    assert campaign.steps.get().runs_ended == 2, "what was under way is still followed"
    assert not campaign_pause(campaign=campaign, by=user)
    assert campaign_resume(campaign=campaign, by=user)
    assert finish(campaign).state == State.DONE
    assert max(points_run(campaign).values()) == 1


def test_a_pause_during_a_step_drops_that_step_whole(start: Start, user: User) -> None:
    campaign = start(sweep())
    held = campaign_claim(campaign.pk, owner="a", lease_s=30)
    assert held is not None
    assert campaign_pause(campaign=campaign, by=user)
    with pytest.raises(CampaignLost):
        campaign_advance(held)
    assert Job.objects.count() == 0


@pytest.mark.parametrize("paused", [False, True])
def test_cancelling_stops_open_jobs_and_makes_no_more(
    start: Start, user: User, settings: Any, paused: bool
) -> None:
    settings.CAMPAIGN_OPEN_JOBS = 2
    campaign = take(start(sweep()))
    if paused:
        campaign_pause(campaign=campaign, by=user)
    assert campaign_cancel(campaign=campaign, by=user)
    assert not campaign_pause(campaign=campaign, by=user)
    take(campaign)
    assert campaign.state == State.CANCELLED
    assert set(Job.objects.values_list("state", flat=True)) == {JobState.CANCELLED}
    assert set(campaign.runs.values_list("state", flat=True)) == {"cancelled"}
    assert campaign.steps.get().all_ended
    assert not campaign_cancel(campaign=campaign, by=user)


def test_a_worker_that_lost_its_lease_makes_no_job(start: Start) -> None:
    campaign = start(sweep())
    sleepy = campaign_claim(campaign.pk, owner="sleepy", lease_s=30)
    assert sleepy is not None
    assert campaign_claim(campaign.pk, owner="b", lease_s=30) is None
    Campaign.objects.filter(pk=campaign.pk).update(lease_until="1970-01-01T00:00:00Z")
    take(campaign)
    made = Job.objects.count()
    with pytest.raises(CampaignLost):
        campaign_advance(sleepy)
    assert Job.objects.count() == made
    assert campaign.runs.filter(job=None).count() == 6 - made


def test_a_crash_anywhere_in_a_step_leaves_nothing_of_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qtwin.campaigns.services import advance

    class Crash(BaseException):
        pass

    def crash(*args: Any, **more: Any) -> None:
        raise Crash

    campaign = start(sweep())
    with monkeypatch.context() as patch:
        patch.setattr(advance, "campaign_move", crash)
        with pytest.raises(Crash):
            take(campaign)
    assert Job.objects.count() == 0
    Campaign.objects.filter(pk=campaign.pk).update(lease_until="1970-01-01T00:00:00Z")
    assert finish(campaign).state == State.DONE
    assert max(points_run(campaign).values()) == 1


def test_the_database_refuses_a_second_job_of_a_run(start: Start, project: Project) -> None:
    campaign = take(start(sweep()))
    job = Job.objects.filter(request=campaign.request).first()
    assert job is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(
            project=project,
            source_revision=job.source_revision,
            request=campaign.request,
            request_index=job.request_index,
            points=[[1.0]],
            observables=["energy"],
            seed=1,
            points_total=1,
        )


def test_changes_of_state_are_events(start: Start, user: User) -> None:
    campaign = start(sweep())
    campaign_pause(campaign=campaign, by=user)
    campaign_resume(campaign=campaign, by=user)
    finish(campaign)
    events = Event.objects.filter(kind="campaign.state").order_by("id")
    assert [e.data["state"] for e in events] == ["running", "paused", "running", "done"]


def test_the_same_source_twice_is_told_apart_by_its_options(start: Start) -> None:
    asked = [
        {"source": "vqe-noisy", "shots": 100, "knobs": {"noise_gain": gain}} for gain in (1, 3)
    ]
    campaign = start(sweep(sources=["hf", *asked]))
    assert campaign.columns == [
        "hf",
        "vqe-noisy (noise_gain 1, shots 100)",
        "vqe-noisy (noise_gain 3, shots 100)",
    ]
    take(campaign)
    noisy = Job.objects.filter(source_revision__source__name="vqe-noisy")
    assert {tuple(map(tuple, job.knob_values)) for job in noisy} >= {((1.0,),) * 2, ((3.0,),) * 2}


def test_ten_thousand_points_are_a_hundred_entries(start: Start) -> None:
    grid = {"bond_length": {"from": 0.3, "to": 2.5, "count": 10_000}}
    campaign = start(sweep(sources=["hf"], points={"grid": grid}, chunk_points=None))
    assert Entry.objects.count() == Run.objects.count() == 100
    assert Step.objects.get().points_total == 10_000
    assert campaign.state == State.RUNNING
