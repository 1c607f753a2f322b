"""What nobody took is told again, later each time, until a day is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.projects.models import Project
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.selectors import feeds_due, webhooks_due
from qtwin.webhooks.services import (
    delivery_test,
    webhook_change,
)
from qtwin.webhooks.services.deliver import WAITS_S
from qtwin.webhooks.services.delivery import IsOff
from tests.receiver import Receiver, status
from tests.unit.webhooks.act import LONG_AGO, Hooked, happen, later, tell


def test_a_failure_is_tried_again_later_each_time_with_the_same_message(
    receiver: Receiver, hooked: Hooked, project: Project
) -> None:
    receiver.answer = status(503)
    hook = hooked[0]
    happen(project)
    waits = []
    for _ in range(4):
        start = timezone.now()
        tell(hook)
        delivery = Delivery.objects.get()
        waits.append((delivery.next_at - start).total_seconds())
        assert webhooks_due(10) == []
        later(hook)
    assert (delivery.state, delivery.attempts) == ("waiting", 4)
    assert (delivery.status, delivery.detail) == (503, "answered 503")
    for waited, expected in zip(waits, WAITS_S, strict=False):
        assert 0.85 * expected < waited < 1.15 * expected + 2
    receiver.answer = status(200)
    tell(hook)
    assert len({(got.headers["webhook-id"], got.body) for got in receiver.got}) == 1
    hook.refresh_from_db()
    assert (Delivery.objects.get().state, hook.failures, hook.failing_since) == (
        *("delivered", 0, None),
    )


def test_tries_end_within_a_day() -> None:
    assert 20 < sum(WAITS_S) / 3600 < 24


def test_a_receiver_that_is_down_is_asked_once_for_all_that_waits(
    receiver: Receiver, hooked: Hooked, project: Project
) -> None:
    receiver.answer = status(500)
    for _ in range(5):
        happen(project)
    tell(hooked[0])
    assert len(receiver.got) == 1
    receiver.answer = status(200)
    later(hooked[0])
    tell(hooked[0])
    assert Delivery.objects.filter(state="delivered").count() == 5


def test_one_message_that_is_refused_does_not_hold_up_the_others(
    receiver: Receiver, hooked: Hooked, project: Project
) -> None:
    answers = {True: status(500), False: status(200)}

    def answer(handler: Any) -> None:
        answers[receiver.got[-1] == receiver.got[0]](handler)

    receiver.answer = answer
    for _ in range(3):
        happen(project)
    tell(hooked[0])
    Webhook.objects.update(retry_at=LONG_AGO)
    tell(hooked[0])
    assert sorted(Delivery.objects.values_list("state", flat=True)) == [
        *("delivered", "delivered", "waiting"),
    ]


def test_after_a_day_of_failures_it_is_off_and_says_why(
    receiver: Receiver, hooked: Hooked, project: Project, user: User
) -> None:
    receiver.answer = status(500)
    hook = hooked[0]
    happen(project)
    happen(project)
    tell(hook)
    Webhook.objects.update(failing_since=timezone.now() - timedelta(hours=23, minutes=1))
    later(hook)
    tell(hook)
    hook.refresh_from_db()
    assert hook.off_since is not None
    assert hook.note.startswith("nothing arrived since 20")
    assert hook.note.endswith(": answered 500")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    happen(project)
    assert (feeds_due(), webhooks_due(10)) == ([], [])
    with pytest.raises(IsOff):
        delivery_test(webhook=hook, by=user)
    webhook_change(webhook=hook, by=user, on=True)
    receiver.got.clear()
    receiver.answer = status(200)
    happen(project)
    tell(hook)
    assert len(receiver.got) == 1  # what happened while it was off is not told


def test_who_is_gone_is_not_asked_again(
    receiver: Receiver, hooked: Hooked, project: Project
) -> None:
    receiver.answer = status(410)
    happen(project)
    tell(hooked[0])
    hooked[0].refresh_from_db()
    assert hooked[0].note == "its address answered 410 Gone"


def test_an_address_that_came_to_lead_inside_is_not_sent_to(
    receiver: Receiver, hooked: Hooked, project: Project, settings: Any
) -> None:
    settings.WEBHOOK_HOSTS, settings.WEBHOOK_PORTS = [], [receiver.port]
    happen(project)
    tell(hooked[0])
    assert receiver.accepted == 0
    assert "not at a public address" in Delivery.objects.get().detail
