"""Long polls: an answer when there is news, or when time is up, and nothing held meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import ApiToken
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.services import campaign_pause
from qtwin.campaigns.services.move import campaign_tell
from qtwin.campaigns.states import State
from qtwin.jobs.models import Job
from qtwin.jobs.services import job_cancel, job_hold
from qtwin.projects.models import Project
from qtwin.waiting.look import Application
from tests.integration.rest.asgi import Asked, ask


@pytest.fixture
def job(submit: Callable[..., Job]) -> Job:
    return submit(source="fci", points=[0.7])


@pytest.fixture
def campaign(api: APIClient, project: Project) -> Campaign:
    sweep = {"name": "c", "sweep": {"sources": ["hf"], "points": [1.1]}}
    api.post(f"/api/v1/projects/{project.pk}/campaigns", sweep, format="json")
    return Campaign.objects.get()


async def soon(act: Callable[..., object], **what: Any) -> None:
    await asyncio.sleep(0.2)
    await sync_to_async(act)(**what)


def waited(app: Application, place: str, token: str, act: Callable[[], Any], **headers: str) -> Any:
    """The answer, and after how many seconds it came."""

    async def run() -> tuple[int, Any, float]:
        begun = time.monotonic()
        asked = ask(app, place, token, **headers)
        await act()
        status, document = await asked.answer()
        await asked.task
        return status, document, time.monotonic() - begun

    return async_to_sync(run)()


def ended(campaign: Campaign) -> None:
    """As a worker would end it."""
    rows = Campaign.objects.filter(pk=campaign.pk)
    rows.update(state=State.FAILED, finished_at=timezone.now())
    campaign_tell(campaign, State.FAILED)


async def nothing() -> None:
    return None


def test_a_poll_ends_with_the_job_and_not_before(app: Application, token: str, job: Job) -> None:
    async def act() -> None:
        await soon(job_hold, job=job, why="lunch", by=None)
        await soon(job_cancel, job=job, by=None)

    status, found, seconds = waited(app, f"/api/v1/jobs/{job.pk}?wait=20", token, act)
    assert (status, found["state"]) == (200, "cancelled")
    assert 0.4 < seconds < 10


def test_a_poll_with_a_tag_ends_with_any_change(
    app: Application, token: str, job: Job, api: APIClient
) -> None:
    tag = api.get(f"/api/v1/jobs/{job.pk}")["ETag"]

    async def act() -> None:
        await soon(job_hold, job=job, why="lunch", by=None)

    status, found, seconds = waited(
        app, f"/api/v1/jobs/{job.pk}?wait=20", token, act, if_none_match=tag
    )
    assert (status, found["state"]) == (200, "held")
    assert seconds < 10


def test_when_time_is_up_the_answer_is_how_it_stands(
    app: Application, token: str, job: Job, api: APIClient
) -> None:
    place = f"/api/v1/jobs/{job.pk}?wait=0.3"
    status, found, seconds = waited(app, place, token, nothing)
    assert (status, found["state"]) == (200, "queued")
    assert seconds > 0.3
    tag = api.get(f"/api/v1/jobs/{job.pk}")["ETag"]
    assert waited(app, place, token, nothing, if_none_match=tag)[:2] == (304, None)


@pytest.mark.parametrize("tagged", [False, True])
def test_a_campaign_is_waited_for_alike(
    app: Application, token: str, campaign: Campaign, api: APIClient, tagged: bool
) -> None:
    place = f"/api/v1/campaigns/{campaign.pk}"
    headers = {"if_none_match": api.get(place)["ETag"]} if tagged else {}

    async def act() -> None:
        await soon(campaign_pause, campaign=campaign, by=None)
        if not tagged:
            await soon(ended, campaign=campaign)

    status, found, seconds = waited(app, f"{place}?wait=20", token, act, **headers)
    assert status == 200
    assert found["state"] == ("paused" if tagged else "failed")
    assert seconds < 10


@pytest.mark.parametrize("wait", ["31", "-1", "soon", "nan"])
def test_a_time_that_is_none_or_too_long_is_refused(
    app: Application, token: str, job: Job, wait: str
) -> None:
    status, problem, _ = waited(app, f"/api/v1/jobs/{job.pk}?wait={wait}", token, nothing)
    assert (status, problem["errors"][0]["pointer"]) == (400, "?wait")


def test_who_may_not_see_it_does_not_wait(app: Application, job: Job) -> None:
    status, _, seconds = waited(app, f"/api/v1/jobs/{job.pk}?wait=20", "qt_x.y", nothing)
    assert status == 401
    assert seconds < 5


def test_whose_token_is_revoked_is_told_at_the_next_look(
    app: Application, token: str, job: Job
) -> None:
    async def act() -> None:
        await soon(ApiToken.objects.filter(name="waits").delete)
        await soon(job_cancel, job=job, by=None)

    assert waited(app, f"/api/v1/jobs/{job.pk}?wait=20", token, act)[0] == 401


def test_only_so_many_of_a_tokens_requests_wait_at_a_time(
    app: Application, token: str, job: Job
) -> None:
    place = f"/api/v1/jobs/{job.pk}?wait=5"

    async def run() -> tuple[int, Any, int]:
        two = [ask(app, place, token) for _ in range(2)]
        await asyncio.sleep(0.1)
        third = ask(app, place, token)
        status, problem = await third.answer()
        await two[0].leave()
        fourth: Asked = ask(app, place.replace("=5", "=0.1"), token)
        after, _ = await fourth.answer()
        await two[1].leave()
        return status, problem, after

    status, problem, after = async_to_sync(run)()
    assert (status, problem["type"]) == (429, "urn:qtwin:problem:too_many_waiting")
    assert after == 200
