"""The event stream: replay, isolation, and news while it is open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs import feed
from qtwin.jobs.models import Event
from qtwin.projects.models import Project
from qtwin.projects.services import project_create
from qtwin.waiting.look import Application
from qtwin.waiting.stream import EventStream
from tests.connection import keep_connection
from tests.integration.rest.asgi import Asked, ask, take


@pytest.fixture
def elsewhere(stranger: User, project: Project) -> Project:
    team = stranger.memberships.get().team
    return project_create(team=team, name="other", system=project.system, by=stranger)


def note(project: Project, kind: str = "job.progress", **data: Any) -> int:
    return Event.objects.create(project=project, kind=kind, data=data).pk


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Application:
    keep_connection(monkeypatch)
    monkeypatch.setattr(feed, "POLL_S", 0.02)
    return EventStream(get_asgi_application())


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


async def opened(app: Application, cookie: str, address: str, **headers: str) -> Asked:
    asked = ask(app, address, None, accept="text/event-stream", cookie=cookie, **headers)
    assert await asked.begun() == 200
    assert asked.header("Content-Type") == "text/event-stream"
    await asked.chunk()  # after how long to come back
    return asked


def test_a_stream_replays_what_was_missed_in_order(
    app: Application, user: User, project: Project
) -> None:
    ids, cookie = [note(project, number=number) for number in range(4)], session_of(user)

    async def run() -> list[dict[str, Any]]:
        place = f"/events/projects/{project.pk}"
        stream = await opened(app, cookie, place, last_event_id=str(ids[1]))
        events = await take(stream, 2)
        await stream.leave()
        return events

    events = async_to_sync(run)()
    assert [event["id"] for event in events] == ids[2:]
    assert [event["event"] for event in events] == ["job.progress"] * 2
    assert [event["data"]["data"]["number"] for event in events] == [2, 3]


@pytest.mark.parametrize("address", ["/events", "/events/projects/{pk}"])
def test_news_arrive_while_a_stream_is_open_and_only_ones_own(
    app: Application, user: User, project: Project, elsewhere: Project, address: str
) -> None:
    note(project, number=0)
    cookie = session_of(user)

    async def run() -> list[dict[str, Any]]:
        stream = await opened(app, cookie, address.format(pk=project.pk))
        waiting = asyncio.ensure_future(take(stream, 1))
        await asyncio.sleep(0.1)
        await Event.objects.acreate(project=elsewhere, kind="job.state", data={"number": 1})
        await Event.objects.acreate(project=project, kind="twin.version", data={"number": 2})
        events = await waiting
        await stream.leave()
        return events

    (event,) = async_to_sync(run)()
    assert event["event"] == "twin.version"
    assert event["data"]["data"] == {"number": 2}


def test_an_event_that_commits_late_is_not_lost(
    app: Application, user: User, project: Project
) -> None:
    last, cookie = note(project), session_of(user)

    async def run() -> list[dict[str, Any]]:
        stream = await opened(app, cookie, f"/events/projects/{project.pk}")
        waiting = asyncio.ensure_future(take(stream, 2))
        await asyncio.sleep(0.1)
        await Event.objects.acreate(id=last + 2, project=project, kind="job.state")
        await asyncio.sleep(0.2)
        await Event.objects.acreate(id=last + 1, project=project, kind="job.progress")
        events = await waiting
        await stream.leave()
        return events

    assert [event["id"] for event in async_to_sync(run)()] == [last + 2, last + 1]


def test_streams_are_for_members(app: Application, stranger: User, project: Project) -> None:
    address, elsewhere = f"/events/projects/{project.pk}", session_of(stranger)

    async def status(path: str, cookie: str) -> int:
        asked = ask(app, path, None, accept="text/event-stream", cookie=cookie)
        found = await asked.begun()
        await asked.leave()
        return found

    async def run() -> tuple[int, int, int]:
        visitor = await status(address, ""), await status("/events", "")
        return *visitor, await status(address, elsewhere)

    assert async_to_sync(run)() == (401, 401, 404)
