"""Campaigns over HTTP: who may do what, what is refused and where, and the table."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Scope, User
from qtwin.campaigns.models import Campaign
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from tests.unit.campaigns.conftest import SWEEP, end_jobs, sweep, take

pytestmark = pytest.mark.django_db
Start = Callable[..., Campaign]
ClientOf = Callable[..., APIClient]
LOOP: dict[str, Any] = {"observable": "energy", "prices": {"fci": {"per_run": 1}}, "budget": 5}
GRID = {"grid": {"bond_length": {"from": 0.3, "to": 2.5, "count": 10_000}}}


def steps(*asked: dict[str, Any]) -> dict[str, Any]:
    return {"name": "x", "steps": [{"sweep": SWEEP, **step} for step in asked]}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"sweep": SWEEP}, "/name"),
    ({"name": "x"}, ""),
    ({"name": "x", "sweep": SWEEP, "loop": LOOP}, ""),
    ({**sweep(), "colour": 1}, "/colour"),
    (sweep(sources=[]), "/sweep/sources"),
    (sweep(sources=["hf", "hof"]), "/sweep"),
    (sweep(sources=[{"source": "hf", "shots": 0}]), "/sweep/sources/0/shots"),
    (sweep(sources=["hf", {"source": "fci", "knobs": {"x": 1}}]), "/sweep/sources/1"),
    (sweep(sources=["fci", "fci"]), "/sweep/sources/1"),
    (sweep(points=[0.5, 9.0]), "/sweep/points"),
    (sweep(points={"grid": {}}), "/sweep/points/grid"),
    (sweep(points="all"), "/sweep/points"),
    (sweep(observables=["mass"]), "/sweep/sources/0"),
    (sweep(points=GRID, chunk_points=1, sources=["hf", "fci"]), "/sweep/chunk_points"),
    ({"name": "x", "loop": {**LOOP, "budget": None}}, "/loop/target"),
    ({"name": "x", "loop": {**LOOP, "budget": -1}}, "/loop/budget"),
    ({"name": "x", "loop": {**LOOP, "observable": "mass"}}, "/loop/observable"),
    ({"name": "x", "loop": {**LOOP, "prices": {"fci": {}}}}, "/loop/prices/fci"),
    ({"name": "x", "loop": {**LOOP, "prices": {"x": {"per_run": 1}}}}, "/loop"),
    ({"name": "x", "loop": LOOP}, "/loop/start"),
    ({"name": "x", "loop": {**LOOP, "start": {**SWEEP, "points": [99.0]}}}, "/loop/start/points"),
    (steps({"name": "a"}, {"name": "a"}), "/steps/1/name"),
    (steps({"name": "a", "after": ["b"]}), "/steps/0/after/0"),
    (steps({"name": "a", "after": ["b"]}, {"name": "b", "after": ["a"]}), "/steps/0/after"),
    (steps({"name": "a"}, {"name": "b", "after": ["a"], "when": "a_min"}), "/steps/1/when"),
    (steps({"name": "a"}, {"name": "b", "when": "a_min < 1"}), "/steps/1/when"),
    (steps({"name": "A"}), "/steps/0/name"),
    (steps({"name": "a", "loop": LOOP}), "/steps/0"),
]


@pytest.mark.parametrize(("body", "pointer"), WRONG)
def test_what_is_wrong_is_pointed_at_and_nothing_is_made(
    api: APIClient, project: Project, body: dict[str, Any], pointer: str
) -> None:
    response = api.post(f"/api/v1/projects/{project.pk}/campaigns", body, format="json")
    assert response.status_code == 400, response.content
    assert pointer in {error["pointer"] for error in response.json()["errors"]}, response.json()
    assert not Campaign.objects.exists()
    assert not Job.objects.exists()


def test_only_members_see_and_only_writers_change(
    start: Start, viewer: User, stranger: User, user: User, client_of: ClientOf
) -> None:
    campaign = start(sweep())
    post = f"/api/v1/projects/{campaign.project_id}/campaigns"
    one = f"/api/v1/campaigns/{campaign.pk}"
    reads = [post, one, f"{one}/entries", f"{one}/decisions"]
    looking, outside, reading = client_of(viewer), client_of(stranger), client_of(user, Scope.READ)
    for path in reads:
        assert looking.get(path).status_code == 200
        assert outside.get(path).status_code == 404
        assert APIClient().get(path).status_code == 401
    assert looking.get("/api/v1/campaigns").json()["results"]
    assert outside.get("/api/v1/campaigns").json()["results"] == []
    for path in (f"{one}:pause", f"{one}:resume", f"{one}:retry", f"{one}:cancel", post):
        assert looking.post(path, sweep(), format="json").status_code == 404
        assert outside.post(path, sweep(), format="json").status_code == 404
        assert reading.post(path, sweep(), format="json").status_code == 403
    campaign.refresh_from_db()
    assert (campaign.state, Campaign.objects.count()) == ("running", 1)


def test_pause_resume_and_cancel_may_be_repeated_but_not_undone(
    api: APIClient, start: Start
) -> None:
    campaign = start(sweep())
    path = f"/api/v1/campaigns/{campaign.pk}"
    for verb, state in (("pause", "paused"), ("resume", "running")):
        for _ in range(2):
            answer = api.post(f"{path}:{verb}")
            assert (answer.status_code, answer.json()["state"]) == (202, state)
    for _ in range(2):
        assert api.post(f"{path}:cancel").json()["cancel_requested_at"] is not None
    assert api.post(f"{path}:pause").status_code == 409
    take(campaign)
    assert api.post(f"{path}:cancel").status_code == 202
    assert api.post(f"{path}:resume").status_code == 409
    assert api.get(path).json()["state"] == "cancelled"


def test_a_key_with_another_body_is_a_conflict(
    api: APIClient, start: Start, project: Project
) -> None:
    headers = {"Idempotency-Key": "k"}
    first = start(sweep(), **headers)
    path = f"/api/v1/projects/{project.pk}/campaigns"
    again = api.post(path, sweep(), format="json", headers=headers)
    assert (again.status_code, again.json()["id"]) == (200, str(first.pk))
    other = api.post(path, sweep(seed=3), format="json", headers=headers)
    assert other.status_code == 409


def test_the_table_shows_every_entry_and_source_page_by_page(api: APIClient, start: Start) -> None:
    campaign = take(start(sweep()))
    end_jobs(campaign, failed=("hf",))
    take(campaign)
    path: str | None = f"/api/v1/campaigns/{campaign.pk}/entries?limit=2"
    rows: list[dict[str, Any]] = []
    while path:
        page = api.get(path).json()
        rows += page["results"]
        path = page["next"]
    assert [(row["number"], row["points"]) for row in rows] == [(0, 2), (1, 2), (2, 1)]
    assert [(row["first"], row["last"]) for row in rows][1] == ([0.9], [1.1])
    assert all([run["column"] for run in row["runs"]] == ["hf", "fci"] for row in rows)
    states = {run["column"]: run["state"] for row in rows for run in row["runs"]}
    assert states == {"hf": "failed", "fci": "succeeded"}
    detail = api.get(f"/api/v1/campaigns/{campaign.pk}").json()
    assert detail["columns"] == ["hf", "fci"]
    assert detail["progress"] == {
        "jobs_total": 6,
        "jobs_ended": 6,
        "points_total": 10,
        "points_measured": 5,
        "points_failed": 5,
    }


def test_campaigns_are_listed_by_state(api: APIClient, start: Start, project: Project) -> None:
    start(sweep())
    for path in ("/api/v1/campaigns", f"/api/v1/projects/{project.pk}/campaigns"):
        assert len(api.get(path, {"state": "running"}).json()["results"]) == 1
        assert api.get(path, {"state": "done"}).json()["results"] == []
        assert api.get(path, {"state": "lost"}).status_code == 400


def test_ten_thousand_points_are_accepted_within_a_second(
    api: APIClient, start: Start, project: Project
) -> None:
    start(sweep())  # imports the backends, once per process
    listed = [round(0.3 + 2.2 * i / 9999, 6) for i in range(10_000)]
    for points in (GRID, listed):
        seconds = []
        for _ in range(3):
            began = time.perf_counter()
            start(sweep(points=points, chunk_points=None))
            seconds.append(time.perf_counter() - began)
        assert min(seconds) < 1.0, seconds
