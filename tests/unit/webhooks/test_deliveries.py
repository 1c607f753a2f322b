"""What happens is told once or more, signed, and in order."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from qtwin.accounts.models import AuditEvent, Team, User
from qtwin.accounts.services import team_create
from qtwin.jobs.models import Event
from qtwin.projects.models import Project
from qtwin.webhooks.models import Delivery, Feed, Webhook
from qtwin.webhooks.models.feed import ONLY
from qtwin.webhooks.selectors import feeds_due
from qtwin.webhooks.services import (
    delivery_again,
    delivery_test,
    feed_read,
    webhook_create,
)
from qtwin.webhooks.services import feed as feed_module
from tests.receiver import Receiver
from tests.unit.webhooks.act import Hooked, happen, tell, told


def test_an_event_arrives_signed_and_says_what_happened(
    receiver: Receiver, hooked: Hooked, project: Project
) -> None:
    event = happen(project, data={"number": 3})
    tell(hooked[0])
    (got,) = receiver.got
    assert json.loads(got.body) == {
        "type": "twin.version",
        "timestamp": event.created_at.isoformat(),
        "data": {
            "team": str(project.team_id),
            "project": {"id": str(project.pk), "name": "H2"},
            "twin": {"number": 3},
        },
    }
    delivery = Delivery.objects.get()
    assert got.headers["webhook-id"] == str(delivery.event)
    assert (delivery.state, delivery.attempts, delivery.status) == ("delivered", 1, 204)
    assert abs(time.time() - int(got.headers["webhook-timestamp"])) < 5


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("job.state", {"to_state": "DONE"}, "job.succeeded"),
        ("job.state", {"to_state": "FAILED", "data": {"reason_code": "poison"}}, "job.failed"),
        ("job.state", {"to_state": "HOLD", "data": {"reason_code": "held"}}, "job.held"),
        ("job.state", {"to_state": "RUNNING"}, None),
        ("job.progress", {}, None),
        ("budget.low", {"data": {"left_micro": 1}}, "budget.low"),
        ("budget.overdrawn", {"data": {"left_micro": -1}}, "budget.overdrawn"),
        ("twin.conflict", {"data": {"source": "hf"}}, "twin.conflict"),
        ("twin.problem", {}, None),
        ("campaign.state", {"data": {"state": "running", "name": "c"}}, None),
        ("campaign.state", {"data": {"state": "failed", "name": "c"}}, "campaign.ended"),
    ],
)
def test_what_is_told_and_what_is_not(
    receiver: Receiver,
    hooked: Hooked,
    project: Project,
    job_of: Callable[[Project], Any],
    *,
    kind: str,
    more: dict[str, Any],
    expected: str | None,
) -> None:
    job = job_of(project) if kind.startswith("job") else None
    happen(project, kind, job=job, **more)
    tell(hooked[0])
    assert [one["type"] for one in told(receiver)] == ([expected] if expected else [])
    if job is not None and expected:
        shown = told(receiver)[0]["data"]["job"]
        assert (shown["id"], shown["source"]) == (str(job.pk), "hf")
        assert shown["state"] == expected.removeprefix("job.")
        assert shown.get("reason_code", "") == more.get("data", {}).get("reason_code", "")


def test_reading_again_makes_nothing_twice_and_late_commits_are_not_missed(
    hooked: Hooked, project: Project
) -> None:
    first = happen(project)
    early = Event.objects.create(pk=first.pk + 5, project=project, kind="twin.version")
    assert [feed_read(), feed_read()] == [2, 0]
    late = Event.objects.create(pk=first.pk + 3, project=project, kind="twin.version")
    assert [feed_read(), feed_read()] == [1, 0]
    assert Feed.objects.get().position < first.pk
    Event.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    feed_read()
    assert Feed.objects.get().position == early.pk > late.pk
    assert feeds_due() == []


def test_more_than_a_batch_is_read_to_its_end(
    hooked: Hooked, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "BATCH", 3)
    for _ in range(8):
        happen(project)
    Webhook.objects.update(since="2020-01-01T00:00:00Z")
    Event.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert [feed_read() for _ in range(4)] == [3, 3, 2, 0]


def test_only_the_teams_own_events_since_it_asked_are_told(
    receiver: Receiver, project: Project, team: Team, user: User, stranger: User
) -> None:
    happen(project)
    mine, _ = webhook_create(team=team, url=receiver.url("/m"), events=["twin.version"], by=user)
    theirs = team_create(name="theirs", owner=stranger)
    other, _ = webhook_create(team=theirs, url=receiver.url("/t"), events=["twin.version"], by=user)
    happen(project)
    happen(project, "budget.low")
    tell(mine)
    tell(other)
    assert [got.path for got in receiver.got] == ["/m"]


def test_people_may_have_it_tested_and_sent_again(
    receiver: Receiver, hooked: Hooked, user: User, team: Team
) -> None:
    hook = hooked[0]
    delivery_test(webhook=hook, by=user)
    tell(hook)
    delivery_again(delivery=Delivery.objects.get(), by=user)
    tell(hook)
    assert [one["type"] for one in told(receiver)] == ["webhook.test"] * 2
    assert len({UUID(got.headers["webhook-id"]) for got in receiver.got}) == 1
    actions = AuditEvent.objects.filter(team=team, user=user).values_list("action", flat=True)
    assert {"webhook.create", "webhook.test", "webhook.redeliver"} <= set(actions)


def test_without_webhooks_nothing_is_read(project: Project) -> None:
    happen(project)
    assert feeds_due() == []
    assert not Feed.objects.filter(pk=ONLY).exists()
