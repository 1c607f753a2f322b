"""Workers that meet, stand still or die tell everything, at least once."""

from __future__ import annotations

from typing import Any

import pytest

from qtwin.accounts.models import AuditEvent, User
from qtwin.projects.models import Project
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.selectors import webhooks_due
from qtwin.webhooks.services import (
    delivery_test,
    webhook_claim,
    webhook_deliver,
)
from tests.receiver import Receiver
from tests.unit.webhooks.act import LONG_AGO, Hooked, happen, tell
from workers.webhook import read


def test_two_workers_do_not_send_to_one_webhook_at_a_time(hooked: Hooked, project: Project) -> None:
    happen(project)
    read()
    hook = webhook_claim(hooked[0].pk)
    assert hook is not None
    assert (webhooks_due(10), webhook_claim(hooked[0].pk)) == ([], None)


def test_a_worker_that_died_after_it_sent_has_it_sent_again(
    receiver: Receiver, hooked: Hooked, project: Project
) -> None:
    happen(project)
    read()
    hook = webhook_claim(hooked[0].pk)
    assert hook is not None

    def dies(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        webhook_deliver(hook, post=dies)
    Webhook.objects.update(lease_until=LONG_AGO)
    tell(hooked[0])
    assert len(receiver.got) == 1


def test_a_worker_that_lost_its_lease_writes_nothing(hooked: Hooked, project: Project) -> None:
    happen(project)
    read()
    slow = webhook_claim(hooked[0].pk)
    assert slow is not None
    Webhook.objects.update(lease_until=LONG_AGO)
    assert webhook_claim(hooked[0].pk) is not None
    assert webhook_deliver(slow, post=lambda *_, **__: 200) == 0
    assert Delivery.objects.get().state == "waiting"


def test_a_receivers_failure_leaves_nothing_of_the_secret_in_rows_and_logs(
    hooked: Hooked, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    hook, secret = hooked

    def broken(*_: Any, headers: dict[str, str], **__: Any) -> int:
        raise RuntimeError("no")

    delivery_test(webhook=hook, by=user)
    claimed = webhook_claim(hook.pk)
    assert claimed is not None
    assert webhook_deliver(claimed, post=broken) == 0
    rows = str([list(model.objects.values()) for model in (Webhook, Delivery, AuditEvent)])
    assert secret not in rows + caplog.text
    assert secret.removeprefix("whsec_") not in rows + caplog.text
    assert Delivery.objects.get().detail == "it could not be sent: RuntimeError"
