"""The asynchronous client does what the synchronous one does, from the same description."""

from __future__ import annotations

import asyncio
import inspect

import httpx
import numpy as np
import pytest

from qtwin.client import AsyncClient, AsyncProject, Client, Refused
from qtwin.client.remote.campaign import AsyncCampaign, Campaign
from qtwin.client.remote.job import AsyncJob, Job
from qtwin.client.remote.project import Project
from qtwin.client.remote.team import AsyncTeam, Team
from qtwin.client.remote.twin import AsyncTwin, Twin
from qtwin.client.rows.project import ProjectRow
from tests.unit.client.sdk.conftest import JOB, URL, Server, problem

DONE = {**JOB, "state": "succeeded", "observables": ["energy"], "project": "p"}


@pytest.fixture
def client(transport: httpx.MockTransport) -> AsyncClient:
    return AsyncClient(URL, "qt_a.b", transport=transport)


def test_a_job_is_awaited(client: AsyncClient, server: Server, pauses: list[float]) -> None:
    one = {"id": "1", "source": "hf", "observable": "energy", "point": [0.7], "unit": "hartree"}
    measured = {"results": [{**one, "value": -1.1, "std": 0}], "next": None}
    control = {"name": "r", "lower": 0, "upper": 1}
    server.say(
        httpx.ReadError("gone"),
        {**JOB, "state": "queued"},
        JOB,
        DONE,
        measured,
        {"id": "p", "name": "H2", "controls": [control]},
    )

    async def run() -> np.ndarray:
        async with client:
            project = AsyncProject(client._driver, ProjectRow(id="p", name="H2"))
            job = await project.submit(source="hf", points=[0.5, 0.7, 0.9])
            return (await job.result())["energy"]

    values = asyncio.run(run())
    assert np.isnan(values).tolist() == [True, False, True]
    assert values[1] == -1.1
    assert len(pauses) == 2
    assert len({a.headers.get("Idempotency-Key") for a in server.asked[:2]}) == 1


def test_rows_are_iterated_over(client: AsyncClient, server: Server) -> None:
    server.say({"results": [{"id": "1", "name": "a"}], "next": f"{URL}/api/v1/projects?cursor=b"})
    server.say({"results": [{"id": "2", "name": "b"}], "next": None})

    async def run() -> list[str]:
        return [row.name async for row in client.projects()]

    assert asyncio.run(run()) == ["a", "b"]


def test_refusals_are_the_same(client: AsyncClient, server: Server) -> None:
    server.say(problem(400, "/source"))

    async def run() -> None:
        project = AsyncProject(client._driver, ProjectRow(id="p", name="H2"))
        await project.submit(source="hf", points=[0.5])

    with pytest.raises(Refused) as refused:
        asyncio.run(run())
    assert refused.value.errors[0].pointer == "/source"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Client, AsyncClient),
        (Project, AsyncProject),
        (Job, AsyncJob),
        (Team, AsyncTeam),
        (Twin, AsyncTwin),
        (Campaign, AsyncCampaign),
    ],
)
def test_both_have_the_same_methods_with_their_signatures(one: type, other: type) -> None:
    def public(kind: type) -> dict[str, object]:
        names = (name for name in dir(kind) if not name.startswith("_"))
        return {
            name: inspect.signature(getattr(kind, name))
            for name in names
            if callable(getattr(kind, name)) and name != "close"
        }

    assert public(one) == public(other)
    assert all(getattr(one, name).__doc__ or name in _PLAIN for name in public(one))


_PLAIN = {"sources", "schedules", "resume"}
"""Whose name says all."""
