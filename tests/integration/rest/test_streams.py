"""Event streams of the API: replay, isolation, and an end when one may no longer see them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from rest_framework.test import APIClient

from qtwin.accounts.models import ApiToken, User
from qtwin.jobs.models import Event, Job
from qtwin.jobs.services import job_cancel
from qtwin.projects.models import Project
from qtwin.projects.services import project_create
from qtwin.waiting import stream
from qtwin.waiting.look import Application
from tests.integration.rest.asgi import ask, take

SSE = {"accept": "text/event-stream"}


def streamed(
    app: Application, path: str, token: str, act: Callable[[], Any], count: int, **headers: str
) -> list[dict[str, Any]]:
    async def run() -> list[dict[str, Any]]:
        asked = ask(app, path, token, **SSE, **headers)
        assert await asked.begun() == 200
        assert asked.header("Content-Type") == "text/event-stream"
        await asked.chunk()  # after how long to come back
        await act()
        events = await take(asked, count)
        await asked.leave()
        return events

    return async_to_sync(run)()


async def nothing() -> None:
    return None


def test_a_jobs_stream_replays_what_was_missed_and_goes_on(
    app: Application, token: str, submit: Callable[..., Job]
) -> None:
    job, other = (submit(source="fci", points=[x]) for x in (0.7, 0.9))
    first = Event.objects.get(job=job).pk

    async def act() -> None:
        await sync_to_async(job_cancel)(job=other, by=None)
        await sync_to_async(job_cancel)(job=job, by=None)

    place = f"/api/v1/jobs/{job.pk}/events"
    events = streamed(app, place, token, act, 3, last_event_id=str(first - 1))
    assert [event["data"]["job"] for event in events] == [str(job.pk)] * 3
    assert [event["data"]["to"] for event in events] == ["queued", None, "cancelled"]


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/projects/{pk}/events"])
def test_a_stream_tells_only_what_its_caller_may_see(
    app: Application, token: str, project: Project, stranger: User, path: str
) -> None:
    team = stranger.memberships.get().team
    elsewhere = project_create(team=team, name="other", system=project.system, by=stranger)

    async def act() -> None:
        await Event.objects.acreate(project=elsewhere, kind="job.state")
        await Event.objects.acreate(project=project, kind="twin.version", data={"number": 2})

    (event,) = streamed(app, path.format(pk=project.pk), token, act, 1)
    assert (event["event"], event["data"]["data"]) == ("twin.version", {"number": 2})


def test_another_teams_stream_is_not_there(
    app: Application, token: str, project: Project, stranger: User
) -> None:
    team = stranger.memberships.get().team
    elsewhere = project_create(team=team, name="other", system=project.system, by=stranger)

    async def run() -> Any:
        return await ask(app, f"/api/v1/projects/{elsewhere.pk}/events", token, **SSE).answer()

    status, problem = async_to_sync(run)()
    assert (status, problem["status"]) == (404, 404)


def test_a_stream_ends_when_its_token_is_revoked_and_beats_meanwhile(
    app: Application, token: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LOOK_S", 0.2)
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.05)

    async def run() -> list[str]:
        asked = ask(app, f"/api/v1/projects/{project.pk}/events", token, **SSE)
        await asked.begun()
        chunks = [await asked.chunk() for _ in range(8)]  # longer than a look takes to come
        await ApiToken.objects.all().adelete()
        await asyncio.wait_for(asked.task, 5.0)
        return chunks

    chunks = async_to_sync(run)()
    assert chunks[0].startswith("retry: ")
    assert set(chunks[1:]) == {": still here\n\n"}


def test_only_so_many_streams_of_a_token_are_open(
    app: Application, token: str, project: Project
) -> None:
    async def run() -> int:
        one = ask(app, "/api/v1/events", token, **SSE)
        await one.begun()
        status, _ = await ask(app, "/api/v1/events", token, **SSE).answer()
        await one.leave()
        return status

    assert async_to_sync(run)() == 429


def test_events_are_pages_too_and_go_on_after_one(api: APIClient, project: Project) -> None:
    ids = [Event.objects.create(project=project, kind="job.progress").pk for _ in range(3)]
    for place in ("/api/v1/events", f"/api/v1/projects/{project.pk}/events"):
        rows = api.get(f"{place}?after={ids[0]}").json()["results"]
        assert [row["id"] for row in rows] == ids[1:]
    assert api.get("/api/v1/events?after=x").status_code == 400
