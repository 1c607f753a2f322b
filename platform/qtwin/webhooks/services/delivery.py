"""Deliveries that people ask for."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.webhooks.kinds import Kind
from qtwin.webhooks.message import test_body
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.models.webhook import LONG_AGO


class IsOff(Exception):
    """Nothing is sent to a webhook that is off."""


@transaction.atomic
def delivery_test(*, webhook: Webhook, by: User) -> Delivery:
    """Send a message of no consequence at once.

    Raises:
        IsOff: Switch it on first.
    """
    _hurry(webhook, by, "webhook.test")
    now = timezone.now()
    return Delivery.objects.create(
        webhook=webhook,
        event=uuid4(),
        kind=Kind.TEST,
        body=test_body(webhook, now.isoformat()),
        next_at=now,
    )


@transaction.atomic
def delivery_again(*, delivery: Delivery, by: User) -> None:
    """Send the same message once more, whatever became of it.

    Raises:
        IsOff: Switch the webhook on first.
    """
    _hurry(delivery.webhook, by, "webhook.redeliver")
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.WAITING, attempts=0, next_at=timezone.now()
    )


def _hurry(webhook: Webhook, by: User, action: str) -> None:
    """Do not wait until the webhook had time to recover: a person is looking."""
    if not Webhook.objects.filter(pk=webhook.pk, off_since=None).update(retry_at=LONG_AGO):
        raise IsOff("the webhook is off; switch it on first")
    audit_record(action=action, user=by, team=webhook.team, target=f"webhook:{webhook.pk}")
