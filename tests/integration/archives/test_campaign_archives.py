"""Campaigns and schedules in archives: all of them come back, and none goes on by itself."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Scope, Team, User
from qtwin.archives.errors import ArchiveError
from qtwin.archives.services import project_export, project_import
from qtwin.archives.tables import tables_of
from qtwin.archives.tables.campaign import SINCE
from qtwin.campaigns.models import Campaign, Decision, Retry, Run, Schedule, Step
from qtwin.campaigns.selectors import campaigns_due, schedules_due
from qtwin.campaigns.services import schedule_fire
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from tests.integration.archives.conftest import contents, forget
from tests.integration.archives.forging import (
    METADATA,
    Members,
    described,
    edited,
    head,
    packed,
    unpacked,
)
from tests.unit.campaigns.conftest import end_jobs, sweep, take

Post = Callable[[str, dict[str, Any]], Any]
LOOP: dict[str, Any] = {"observable": "energy", "prices": {"fci": {"per_run": 1}}, "budget": 5}
PLANNED = {"source": "fci", "at": [0.75], "shots": None, "why": "it bends"}


@pytest.fixture
def post(user: User, project: Project, client_of: Callable[..., APIClient]) -> Post:
    api = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)

    def run(kind: str, body: dict[str, Any]) -> Any:
        response = api.post(f"/api/v1/projects/{project.pk}/{kind}", body, format="json")
        assert response.status_code in {201, 202}, response.content
        return response.json()["id"]

    return run


@pytest.fixture
def ended(post: Post) -> Campaign:
    """A sweep that failed at one source, was retried, and failed there again."""
    campaign = take(Campaign.objects.get(pk=post("campaigns", sweep())))
    for again in (True, False):
        end_jobs(campaign, failed=("hf",))
        take(campaign)
        if again:
            _retry(campaign)
            take(campaign)
    assert campaign.state == "done"
    return campaign


def _retry(campaign: Campaign) -> None:
    from qtwin.campaigns.services import campaign_retry

    campaign_retry(campaign=campaign, by=None, may_spend=False)


@pytest.fixture
def live(post: Post) -> Campaign:
    """A schedule's campaign that runs: a loop that decided once, and a step that waits for it."""
    start = {"sources": ["hf"], "points": [0.5]}
    steps = [
        {"name": "a", "loop": {**LOOP, "start": start}},
        {"name": "b", "after": ["a"], "when": "a_sigma < 1", "sweep": sweep()["sweep"]},
    ]
    body = {"campaign": {"name": "x", "steps": steps}, "every": {"days": 1}}
    schedule = post("schedules", body)
    Schedule.objects.filter(pk=schedule).update(next_at="2026-01-01T00:00:00Z")
    campaign = schedule_fire(schedule)
    assert campaign is not None
    take(campaign)
    step = campaign.steps.get(name="a")
    decision = Decision.objects.create(
        step=step,
        number=1,
        version=3,
        why="x",
        sigma=0.01,
        cost=1,
        stop=False,
        plan={"steps": [PLANNED], "notes": []},
    )
    campaign.entries.create(step=step, decision=decision, number=99, points=[[0.75]])
    return campaign


@pytest.fixture
def archive(ended: Campaign, live: Campaign, project: Project) -> bytes:
    file = io.BytesIO()
    project_export(project, file, by=None)
    return file.getvalue()


def imported(archive: bytes, team: Team, by: User | None = None) -> Project:
    return project_import(io.BytesIO(archive), team=team, by=by).project


def test_what_had_ended_comes_back_as_it_was(
    archive: bytes, ended: Campaign, project: Project, team: Team
) -> None:
    before = {row.name: table for row, table in _rows(project, ended)}
    forget(project)
    again = imported(archive, team)
    assert {row.name: table for row, table in _rows(again, Campaign.objects.get(name="curve"))} == (
        before
    )
    campaign = Campaign.objects.get(pk=ended.pk)
    assert Retry.objects.filter(run__campaign=campaign).count() == 3
    for run in Run.objects.filter(campaign=campaign).exclude(job=None):
        assert run.job is not None
        assert run.job.project_id == again.pk
        assert set(map(tuple, run.job.points)) <= set(map(tuple, run.entry.points))
    retry = Retry.objects.filter(run__campaign=campaign).first()
    assert retry is not None
    assert retry.run.job is not None
    assert retry.run.job.retry_of == retry.job


def _rows(project: Project, campaign: Campaign) -> list[tuple[Any, list[Any]]]:
    """Every column of the campaign's rows that means something outside its database."""
    found = []
    for table in tables_of(SINCE):
        if table.since < SINCE or table.name in {"schedules", "decisions"}:
            continue
        path = {"campaigns": "pk", "retries": "run__campaign"}.get(table.name, "campaign")
        columns = [name for name in table.columns if not (table.serial and name == "id")]
        rows = table.rows(project).filter(**{path: campaign.pk})
        found.append((table, list(rows.values_list(*columns))))
    return found


def test_what_ran_is_cancelled_and_its_schedule_is_off_and_may_not_spend(
    archive: bytes, project: Project, team: Team, user: User
) -> None:
    forget(project)
    imported(archive, team, user)
    campaign = Campaign.objects.get(name="x")
    assert (campaign.state, campaign.may_spend) == ("cancelled", False)
    assert "had not ended" in campaign.reason
    assert {step.state for step in campaign.steps.all()} == {"cancelled"}
    assert all(step.all_ended for step in campaign.steps.all())
    assert campaign.runs.exclude(state="cancelled").count() == 0
    decision = Decision.objects.get()
    assert (decision.step.name, decision.plan["steps"]) == ("a", [PLANNED])
    assert decision.entries.get().number == 99
    schedule = Schedule.objects.get()
    assert campaign.schedule == schedule
    assert (schedule.active, schedule.may_spend, schedule.created_by) == (False, False, None)
    assert not schedules_due().exists()
    assert not campaigns_due(10, planning=False)


def test_a_schedule_that_is_switched_on_again_starts_the_same_campaign(
    archive: bytes, live: Campaign, project: Project, stranger: User, client_of: Any
) -> None:
    copy = imported(archive, stranger.memberships.get().team)
    schedule = Schedule.objects.get(project=copy)
    assert schedule.created_by is None
    client_of(stranger).post(f"/api/v1/schedules/{schedule.pk}:start")
    Schedule.objects.filter(pk=schedule.pk).update(next_at="2026-01-01T00:00:00Z")
    campaign = schedule_fire(schedule.pk)
    assert campaign is not None
    assert (campaign.created_by, campaign.may_spend) == (stranger, False)
    specs = [{**step.spec, "seed": 0} for step in campaign.steps.all()]
    assert specs == [{**step.spec, "seed": 0} for step in live.steps.all()]


def test_a_copy_has_new_ids_and_can_be_retried(
    archive: bytes, ended: Campaign, project: Project, stranger: User, client_of: Any
) -> None:
    copy = imported(archive, stranger.memberships.get().team)
    campaign = Campaign.objects.get(project=copy, name="curve")
    assert campaign.pk != ended.pk
    assert contents(copy)["entries"][0]["points"] == contents(project)["entries"][0]["points"]
    answer = client_of(stranger).post(f"/api/v1/campaigns/{campaign.pk}:retry")
    assert answer.status_code == 202
    take(campaign)
    made = Job.objects.filter(project=copy).latest("created_at")
    assert made.retry_of is not None
    assert (made.retry_of.project_id, made.created_by) == (copy.pk, stranger)
    page = client_of(stranger).get(f"/api/v1/campaigns/{campaign.pk}/entries").json()
    assert [run["retried"] for run in page["results"][0]["runs"]] == [2, 0]


def test_the_metadata_tells_of_campaigns(archive: bytes, ended: Campaign) -> None:
    graph = {e["@id"]: e for e in json.loads(unpacked(archive)[METADATA])["@graph"]}
    campaign = graph[f"#campaign-{ended.pk}"]
    assert (campaign["@type"], campaign["name"]) == ("OrganizeAction", "curve")
    assert {"@id": campaign["@id"]} in graph["./"]["mentions"]
    assert {part["@id"] for part in campaign["result"]} <= set(graph)


def test_an_archive_of_the_time_before_campaigns_is_read(
    project: Project, team: Team, archive: bytes
) -> None:
    members = unpacked(archive)
    new = {table.member for table in tables_of(SINCE) if table.since == SINCE}
    old = {name: data for name, data in members.items() if name not in new}
    events = old["data/events.jsonl"].splitlines()
    old["data/events.jsonl"] = b"\n".join(e for e in events if b"campaign.state" not in e)
    forget(project)
    assert imported(packed(head(format=1)(old)), team).jobs.count() == Job.objects.count() > 0
    forget(Project.objects.get())
    with pytest.raises(ArchiveError, match=r"data/\w+.jsonl: is missing"):
        imported(packed(described(old)), team)


def spec(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda row: row["spec"].update(changes)


FORGED: dict[str, tuple[Callable[[Members], Members], str, str]] = {
    "a state": (edited("campaigns", lambda r: r.update(state="won")), "campaigns", "state"),
    "columns": (edited("campaigns", lambda r: r.update(columns=[1])), "campaigns", "columns"),
    "a schedule": (
        edited("campaigns", lambda r: r.update(schedule="x")),
        "campaigns",
        "'x' is not in schedules",
    ),
    "a plan": (edited("schedules", lambda r: r["steps"].append({})), "schedules", "steps"),
    "a source of a plan": (
        edited("schedules", lambda r: r["steps"][1]["spec"].update(sources=[])),
        "schedules",
        "line 1: steps/1/sweep/sources",
    ),
    "a plan's field": (
        edited("schedules", lambda r: r["steps"][0].update(more=1)),
        "schedules",
        "kind, spec",
    ),
    "no seed": (edited("steps", lambda r: r["spec"].pop("seed")), "steps", "seed"),
    "shots": (edited("steps", spec(sources=[{"source": "hf", "shots": -1}])), "steps", "shots"),
    "a word": (edited("steps", spec(colour=1)), "steps", "colour"),
    "counters": (edited("steps", lambda r: r.update(points_failed=10**6)), "steps", "line 3"),
    "the same id": (edited("steps", lambda r: r.update(id=r["id"] - 1)), "steps", "twice"),
    "an id": (edited("steps", lambda r: r.update(id=[1])), "steps", "id is list"),
    "a decision": (edited("decisions", lambda r: r["plan"].pop("notes")), "decisions", "notes"),
    "where": (
        edited("decisions", lambda r: r["plan"]["steps"][0].update(at=[1, 2])),
        "decisions",
        "plan.steps.at",
    ),
    "no points": (edited("entries", lambda r: r.update(points=[])), "entries", "points"),
    "a point": (edited("entries", lambda r: r.update(points=[[1, 2]])), "entries", "a point"),
    "knobs": (
        edited("campaignruns", lambda r: r.update(knobs={"x": "y"})),
        "campaignruns",
        "knobs",
    ),
    "a job": (edited("campaignruns", lambda r: r.update(job="7")), "campaignruns", "not in jobs"),
    "a run": (edited("retries", lambda r: r.update(run=10**6)), "retries", "not in campaignruns"),
}


def test_a_forged_campaign_is_refused_with_its_line(
    archive: bytes, project: Project, team: Team
) -> None:
    forget(project)
    for what, (forge, table, detail) in FORGED.items():
        with pytest.raises(ArchiveError) as raised:
            imported(packed(forge(unpacked(archive))), team)
        assert raised.value.member == f"data/{table}.jsonl", (what, str(raised.value))
        assert detail in raised.value.detail, (what, str(raised.value))
        assert not Project.objects.exists()
    assert not Step.objects.exists()
    assert zipfile.is_zipfile(io.BytesIO(archive))
