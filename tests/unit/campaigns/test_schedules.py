"""Schedules: once per occasion, missed ones are one, and a calibration starts one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Team, User
from qtwin.accounts.services import membership_set
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.selectors import schedules_due
from qtwin.campaigns.services import schedule_fire
from qtwin.jobs.models import Calibration, Job
from qtwin.projects.models import Project
from tests.docs.fences import blocks
from tests.unit.campaigns.conftest import sweep

pytestmark = pytest.mark.django_db
DAILY: dict[str, Any] = {"every": {"days": 1, "at": "03:30"}}
Make = Callable[..., Schedule]


@pytest.fixture
def make(api: APIClient, project: Project) -> Make:
    def run(timing: dict[str, Any]) -> Schedule:
        body = {"campaign": sweep(), **timing}
        response = api.post(f"/api/v1/projects/{project.pk}/schedules", body, format="json")
        assert response.status_code == 201, response.content
        return Schedule.objects.get(pk=response.json()["id"])

    return run


def due(schedule: Schedule, *, days_ago: int = 0) -> None:
    past = timezone.now() - timedelta(days=days_ago, seconds=1)
    Schedule.objects.filter(pk=schedule.pk).update(next_at=past)


def test_the_first_time_is_the_next_one_at_that_clock_in_utc(make: Make) -> None:
    schedule = make(DAILY)
    assert schedule.next_at is not None
    assert (schedule.next_at.astimezone(UTC).hour, schedule.next_at.minute) == (3, 30)
    assert timedelta(0) < schedule.next_at - datetime.now(UTC) <= timedelta(days=1)
    assert not schedules_due().exists()
    assert not Campaign.objects.exists()
    assert not Job.objects.exists()
    hours = make({"every": {"hours": 6}})
    assert hours.next_at is not None
    assert hours.next_at.astimezone(UTC).hour % 6 == 0


def test_the_example_of_the_docs_is_one(api: APIClient, project: Project) -> None:
    (text,) = blocks("campaigns.md", "json", "schedule")
    body = json.loads(text)
    path = f"/api/v1/projects/{project.pk}/schedules"
    made = api.post(path, body, format="json").json()
    assert (made["every_hours"], made["next_at"][11:16]) == (24, "03:30")


def test_an_occasion_starts_one_campaign_however_many_try(make: Make) -> None:
    schedule = make(DAILY)
    due(schedule, days_ago=5)
    assert [schedule_fire(schedule.pk) is not None for _ in range(3)] == [True, False, False]
    campaign = Campaign.objects.get()
    assert (campaign.schedule, campaign.occasion) == (schedule, 1)
    schedule.refresh_from_db()
    assert schedule.next_at is not None
    assert schedule.next_at > timezone.now(), "days that were missed are one occasion"


def test_none_is_started_while_the_last_one_runs(make: Make) -> None:
    schedule = make(DAILY)
    for _ in range(2):
        due(schedule)
        schedule_fire(schedule.pk)
    assert Campaign.objects.count() == 1
    schedule.refresh_from_db()
    assert "still runs" in schedule.problem
    Campaign.objects.update(state="done", finished_at=timezone.now())
    due(schedule)
    assert schedule_fire(schedule.pk) is not None
    schedule.refresh_from_db()
    assert schedule.problem == ""


def test_a_new_calibration_starts_one(make: Make, project: Project, stranger: User) -> None:
    def seen(backend: str, identifier: str, team: Team = project.team) -> None:
        Calibration.objects.create(backend=backend, identifier=identifier, team=team)

    seen("fake-ibm", "old")
    schedule = make({"on_calibration": "fake-ibm"})
    seen("aer", "other device")
    seen("fake-ibm", "another team's", stranger.memberships.get().team)
    assert schedule_fire(schedule.pk) is None
    seen("fake-ibm", "new")
    assert list(schedules_due()) == [schedule]
    assert schedule_fire(schedule.pk) is not None
    assert schedule_fire(schedule.pk) is None


def test_who_may_no_longer_submit_starts_nothing(make: Make, user: User, project: Project) -> None:
    schedule = make(DAILY)
    membership_set(team=project.team, user=user, role=Role.VIEWER, by=None)
    due(schedule)
    assert schedule_fire(schedule.pk) is None
    schedule.refresh_from_db()
    assert "no longer" in schedule.problem


def test_stopped_ones_are_silent_until_started_again(
    make: Make, api: APIClient, client_of: Callable[[User], APIClient], viewer: User, stranger: User
) -> None:
    schedule = make(DAILY)
    path = f"/api/v1/schedules/{schedule.pk}"
    assert api.post(f"{path}:stop").json()["active"] is False
    due(schedule)
    assert schedule_fire(schedule.pk) is None
    assert api.post(f"{path}:start").json()["active"] is True
    assert schedule_fire(schedule.pk) is None, "what passed meanwhile is over"
    listing = f"/api/v1/projects/{schedule.project_id}/schedules"
    assert len(api.get(listing).json()["results"]) == 1
    assert client_of(viewer).get(path).status_code == 200
    assert client_of(viewer).post(f"{path}:stop").status_code == 404
    assert client_of(stranger).get(path).status_code == 404
    assert client_of(stranger).get(listing).status_code == 404


def test_a_removed_one_is_gone_and_its_campaigns_stay(
    make: Make, api: APIClient, client_of: Callable[[User], APIClient], viewer: User
) -> None:
    schedule = make(DAILY)
    due(schedule)
    schedule_fire(schedule.pk)
    path = f"/api/v1/schedules/{schedule.pk}"
    assert client_of(viewer).delete(path).status_code == 404
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == api.delete(path).status_code == 404
    listing = f"/api/v1/projects/{schedule.project_id}/schedules"
    assert api.get(listing).json()["results"] == []
    Campaign.objects.update(state="done", finished_at=timezone.now())
    due(schedule)
    assert schedule_fire(schedule.pk) is None
    assert Campaign.objects.get().schedule == schedule


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({**DAILY, "on_calibration": "aer"}, ""),
    ({"every": {"days": 0}}, "/every/days"),
    ({"every": {"days": 1, "hours": 1}}, "/every"),
    ({"every": {"weeks": 1}}, "/every/weeks"),
    ({"every": {"days": 1, "at": "25:00"}}, "/every/at"),
    ({"on_calibration": "no-such"}, "/on_calibration"),
    ({**DAILY, "campaign": sweep(sources=["hof"])}, "/campaign/sweep"),
]


@pytest.mark.parametrize(("body", "pointer"), WRONG)
def test_what_is_wrong_is_pointed_at(
    api: APIClient, project: Project, body: dict[str, Any], pointer: str
) -> None:
    path = f"/api/v1/projects/{project.pk}/schedules"
    response = api.post(path, {"campaign": sweep(), **body}, format="json")
    assert response.status_code == 400, response.content
    assert pointer in {error["pointer"] for error in response.json()["errors"]}
    assert not Schedule.objects.exists()
