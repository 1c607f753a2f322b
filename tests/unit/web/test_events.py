"""The event stream: replay, isolation, and news while it is open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from qtwin.accounts.models import User
from qtwin.jobs.models import Event
from qtwin.projects.models import Project
from qtwin.projects.services import project_create
from qtwin.web import feed

WAIT_S = 5.0


@pytest.fixture
def elsewhere(stranger: User, project: Project) -> Project:
    team = stranger.memberships.get().team
    return project_create(team=team, name="other", system=project.system, by=stranger)


def note(project: Project, kind: str = "job.progress", **data: Any) -> int:
    return Event.objects.create(project=project, kind=kind, data=data).pk


async def take(stream: AsyncIterator[bytes], count: int) -> list[dict[str, Any]]:
    """The next events of a stream, as their id, kind and document."""
    events: list[dict[str, Any]] = []
    while len(events) < count:
        chunk = (await asyncio.wait_for(anext(stream), WAIT_S)).decode()
        fields = dict(line.split(": ", 1) for line in chunk.splitlines() if ": " in line)
        if "event" in fields:
            events.append({**fields, "id": int(fields["id"]), "data": json.loads(fields["data"])})
    return events


async def opened(user: User, address: str, **headers: str) -> Any:
    client = AsyncClient()
    await client.aforce_login(user)
    response: Any = await client.get(address, headers=headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/event-stream"
    return response.streaming_content


def test_a_stream_replays_what_was_missed_in_order(user: User, project: Project) -> None:
    ids = [note(project, number=number) for number in range(4)]

    async def run() -> list[dict[str, Any]]:
        stream = await opened(
            user, f"/events/projects/{project.pk}", **{"Last-Event-ID": str(ids[1])}
        )
        events = await take(stream, 2)
        await stream.aclose()
        return events

    events = async_to_sync(run)()
    assert [event["id"] for event in events] == ids[2:]
    assert [event["event"] for event in events] == ["job.progress"] * 2
    assert [event["data"]["data"]["number"] for event in events] == [2, 3]


@pytest.mark.parametrize("address", ["/events", "/events/projects/{pk}"])
def test_news_arrive_while_a_stream_is_open_and_only_ones_own(
    user: User,
    project: Project,
    elsewhere: Project,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed, "POLL_S", 0.02)
    note(project, number=0)

    async def run() -> list[dict[str, Any]]:
        stream = await opened(user, address.format(pk=project.pk))
        await anext(stream)  # the retry line
        waiting = asyncio.ensure_future(take(stream, 1))
        await asyncio.sleep(0.1)
        await Event.objects.acreate(project=elsewhere, kind="job.state", data={"number": 1})
        await Event.objects.acreate(project=project, kind="twin.version", data={"number": 2})
        events = await waiting
        await stream.aclose()
        return events

    (event,) = async_to_sync(run)()
    assert event["event"] == "twin.version"
    assert event["data"]["data"] == {"number": 2}


def test_an_event_that_commits_late_is_not_lost(
    user: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "POLL_S", 0.02)
    last = note(project)

    async def run() -> list[dict[str, Any]]:
        stream = await opened(user, f"/events/projects/{project.pk}")
        await anext(stream)
        waiting = asyncio.ensure_future(take(stream, 2))
        await asyncio.sleep(0.1)
        await Event.objects.acreate(id=last + 2, project=project, kind="job.state")
        await asyncio.sleep(0.2)
        await Event.objects.acreate(id=last + 1, project=project, kind="job.progress")
        events = await waiting
        await stream.aclose()
        return events

    assert [event["id"] for event in async_to_sync(run)()] == [last + 2, last + 1]


def test_streams_are_for_members(stranger: User, project: Project) -> None:
    address = f"/events/projects/{project.pk}"

    async def run() -> tuple[int, int, int]:
        visitor, member_elsewhere = AsyncClient(), AsyncClient()
        await member_elsewhere.aforce_login(stranger)
        return (
            (await visitor.get(address)).status_code,
            (await visitor.get("/events")).status_code,
            (await member_elsewhere.get(address)).status_code,
        )

    assert async_to_sync(run)() == (401, 401, 404)
