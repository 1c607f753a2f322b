"""Devices that were calibrated anew: seen without any run, and campaigns that wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import Credential, CredentialTest, Team, User
from qtwin.accounts.selectors import credential_tests_due
from qtwin.accounts.services import credential_add, devices_refresh
from qtwin.campaigns.models import Campaign, Schedule
from qtwin.campaigns.selectors import credentials_watched, schedules_due
from qtwin.campaigns.services import schedule_fire
from qtwin.jobs.models import Calibration
from qtwin.projects.models import Project
from tests.vendors.braket import BraketVendor, devices
from tests.vendors.braket.keys import CANARY, SECRET
from workers.calibration import watch
from workers.credential_test import make

GARNET = devices.arn("eu-north-1", "iqm/Garnet")
DAY_S = 86_400.0


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def credential(team: Team, user: User) -> Credential:
    return credential_add(team=team, vendor="braket", label="lab", secret=SECRET, by=user)


def worked_off() -> None:
    for test in credential_tests_due(10):
        make(str(test))


def garnet() -> Any:
    return Calibration.objects.filter(device="iqm/Garnet").order_by("pk")


def recalibrate(server: BraketVendor, day: str) -> None:
    """The pairs of Garnet have become worse."""
    said = server.devices[GARNET]
    for pair in said["standardized"]["twoQubitProperties"].values():
        pair["twoQubitGateFidelity"][0]["fidelity"] -= 0.002
    said["service"]["updatedAt"] = f"{day}T00:00:00"


def test_a_refresh_learns_each_calibration_once_and_buys_nothing(
    braket: BraketVendor, credential: Credential, team: Team, user: User, api: APIClient
) -> None:
    for day in ("2026-11-01", "2026-11-01", "2026-11-02"):
        if day != "2026-11-01":
            recalibrate(braket, day)
        devices_refresh(team=team, by=user)
        worked_off()
    first, second = garnet()
    assert (first.team, first.backend) == (team, "braket")
    assert second.calibrated_at.isoformat() == "2026-11-02T00:00:00+00:00"
    rows = api.get("/api/v1/backends/braket/calibrations?device=iqm/Garnet").json()["results"]
    assert [row["id"] for row in rows] == [second.pk, first.pk]
    assert Calibration.objects.filter(device="ionq/Forte-1").count() == 1
    assert not Calibration.objects.filter(device="amazon/sv1").exists(), "it has no errors"
    assert braket.books.posts == []


@pytest.mark.usefixtures("braket", "credential")
def test_a_device_that_does_not_tell_spoils_no_test(
    team: Team,
    user: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def lost(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("backends.qpu.braket_queue.BraketQueue.calibration", lost)
    devices_refresh(team=team, by=user)
    worked_off()
    assert CredentialTest.objects.get().outcome == "accepted"
    assert not Calibration.objects.exists()
    assert CANARY not in caplog.text


def test_a_schedule_has_its_vendor_watched_and_starts_a_campaign(
    braket: BraketVendor, credential: Credential, project: Project, api: APIClient
) -> None:
    assert credentials_watched(10, every_s=DAY_S) == []
    body = {
        "campaign": {"name": "anchors", "sweep": {"sources": ["hf"], "points": [0.7414]}},
        "on_calibration": "braket",
    }
    path = f"/api/v1/projects/{project.pk}/schedules"
    assert api.post(path, body, format="json").status_code == 201
    schedule = Schedule.objects.get()
    assert credentials_watched(10, every_s=DAY_S) == [credential.pk]
    for _ in range(2):  # hints may come twice
        watch(str(credential.pk))
    worked_off()
    assert CredentialTest.objects.count() == 1
    assert credentials_watched(10, every_s=DAY_S) == []
    assert schedule_fire(schedule.pk) is not None
    Campaign.objects.update(state="done", finished_at=timezone.now())
    assert list(schedules_due()) == []

    recalibrate(braket, "2026-11-02")
    assert credentials_watched(10, every_s=0.0) == [credential.pk], "a while later"
    CredentialTest.objects.update(created_at="2026-01-01T00:00:00Z")
    watch(str(credential.pk))
    worked_off()
    assert garnet().count() == 2
    assert list(schedules_due()) == [schedule]
    assert schedule_fire(schedule.pk) is not None
    Schedule.objects.update(active=False)
    assert credentials_watched(10, every_s=0.0) == []
    assert braket.books.posts == []
