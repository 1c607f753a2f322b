"""Schedules on the page of campaigns: what they say, and making, pausing and removing them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.services import schedule_fire
from qtwin.jobs.models import Calibration
from qtwin.projects.models import Project

pytestmark = pytest.mark.django_db
FORM: dict[str, Any] = {
    "name": "every morning",
    "source": ["hf", "vqe-ideal"],
    "shots:vqe-ideal": "100",
    "from:bond_length": "0.5",
    "to:bond_length": "1.5",
    "count:bond_length": "3",
    "trigger": "every",
    "count": "2",
    "unit": "days",
    "at": "03:30",
}
CALIBRATION = {**FORM, "trigger": "calibration", "backend": "fake-ibm"}


@pytest.fixture
def page(client: Client, user: User, project: Project) -> Callable[..., str]:
    """The page of the project's campaigns, as it is after a form was sent, if one is given."""
    client.force_login(user)
    address = f"/campaigns?project={project.pk}"

    def read(form: dict[str, Any] | None = None, code: int = 200) -> str:
        if form is None:
            response = client.get(address)
        else:
            response = client.post(f"/projects/{project.pk}/schedules", form, follow=True)
        assert response.status_code == code
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        return response.content.decode()

    return read


def told(body: str) -> str:
    """The text of the table of schedules."""
    table = body.partition('id="schedules"')[2].partition("<details")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", table).split())


def test_the_form_makes_a_schedule_that_the_page_then_shows(page: Callable[..., str]) -> None:
    assert "No schedules yet" in page()
    body = page(FORM)
    schedule = Schedule.objects.get()
    assert schedule.next_at is not None
    assert (schedule.every_hours, schedule.next_at.astimezone(UTC).hour) == (48, 3)
    assert f'datetime="{schedule.next_at.astimezone(UTC).isoformat(timespec="milliseconds")}"' in (
        body
    ), "the script shows it in the viewer's zone"
    for words in ("every morning", "On", "every 2 days", "none yet", "Pause", "Remove"):
        assert words in told(body)
    campaign = _fire(schedule)
    runs = campaign.runs.order_by("number").values_list("column", "shots")
    assert sorted(runs) == [("hf", None), ("vqe-ideal", 100)]
    assert campaign.entries.get().points == [[0.5], [1.0], [1.5]]


def _fire(schedule: Schedule) -> Campaign:
    Schedule.objects.filter(pk=schedule.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    campaign = schedule_fire(schedule.pk)
    assert campaign is not None
    return campaign


def test_the_last_run_is_the_newest_campaign_of_the_schedule(page: Callable[..., str]) -> None:
    page(FORM)
    first = _fire(Schedule.objects.get())
    Campaign.objects.update(state="failed", finished_at=timezone.now())
    last = _fire(Schedule.objects.get())
    body = page()
    table = body.partition('id="schedules"')[2]
    assert f"/campaigns/{last.pk}" in table
    assert f"/campaigns/{first.pk}" not in table
    assert "Running" in told(body)


def test_a_calibration_triggers_one(page: Callable[..., str]) -> None:
    body = page(CALIBRATION)
    assert "each new calibration of fake-ibm" in told(body)
    assert "when one appears" in told(body)
    schedule = Schedule.objects.get()
    team = schedule.project.team
    Calibration.objects.create(backend="fake-ibm", identifier="new", team=team)
    assert schedule_fire(schedule.pk) is not None


def test_any_campaign_can_be_scheduled_as_a_document(page: Callable[..., str]) -> None:
    loop = """{"name": "to ten", "loop": {"observable": "energy", "budget": 5,
        "prices": {"fci": {"per_run": 1}}, "start": {"sources": ["hf"], "points": [0.7]}}}"""
    page({**FORM, "campaign": loop})
    schedule = Schedule.objects.get()
    assert (schedule.name, schedule.steps[0]["kind"]) == ("to ten", "loop")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/campaign/name"),
        ({"source": []}, "/campaign/sweep/sources"),
        ({"from:bond_length": "near"}, "/campaign/sweep/points/grid/bond_length"),
        ({"to:bond_length": "99"}, "/campaign/sweep/points"),
        ({"count": "0"}, "/every/days"),
        ({"at": "25:00"}, "/every/at"),
        ({"unit": "weeks"}, "/every/weeks"),
        ({"campaign": "{"}, "/campaign"),
        ({"campaign": '{"name": "a", "name": "b"}'}, "/campaign/name"),
        ({"campaign": '{"sweep": {"points": [NaN]}}'}, "/campaign/sweep/points/0"),
        ({"campaign": "[" * 40 + "]" * 40}, "/campaign" + "/0" * 33),
        ({"campaign": "[" * 9999 + "]" * 9999}, "/campaign"),
        ({"trigger": "calibration", "backend": "none"}, "/on_calibration"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    page: Callable[..., str], change: dict[str, Any], pointer: str
) -> None:
    body = page({**FORM, **change}, 400)
    assert f"<code>{pointer}</code>" in body
    assert not Schedule.objects.exists()
    assert 'value="0.5"' in body or "near" in body
    assert re.search(r"<details[^>]* open>", body)


def test_buttons_pause_start_and_remove(client: Client, page: Callable[..., str]) -> None:
    page(FORM)
    schedule = Schedule.objects.get()
    campaign = _fire(schedule)
    address = f"/schedules/{schedule.pk}"
    client.post(f"{address}:stop")
    assert "Off every 2 days none while it is off" in told(page())
    client.post(f"{address}:start")
    assert "On every 2 days" in told(page())
    assert client.get(f"{address}:stop").status_code == 405
    assert client.post(f"{address}:explode").status_code == 404
    client.post(f"{address}:remove")
    assert "No schedules yet" in page()
    assert client.post(f"{address}:start").status_code == 404
    schedule.refresh_from_db()
    assert (schedule.active, schedule.removed_at is None) == (False, False)
    campaign.refresh_from_db()
    assert campaign.schedule == schedule, "what it started keeps its history"


def test_viewers_see_schedules_and_change_none(
    client: Client,
    page: Callable[..., str],
    project: Project,
    viewer: User,
    stranger: User,
) -> None:
    page(FORM)
    address = f"/schedules/{Schedule.objects.get().pk}"
    client.force_login(viewer)
    body = client.get(f"/campaigns?project={project.pk}").content.decode()
    assert "every morning" in told(body)
    for absent in ("Remove", "New schedule"):
        assert absent not in body
    for path in (f"{address}:stop", f"{address}:remove", f"/projects/{project.pk}/schedules"):
        assert client.post(path, FORM).status_code == 404
    client.force_login(stranger)
    assert "every morning" not in client.get("/campaigns").content.decode()
    assert Schedule.objects.get().active
