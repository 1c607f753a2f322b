"""What happens to webhooks, done in this process."""

from __future__ import annotations

import json
from typing import Any

from qtwin.jobs.models import Event
from qtwin.projects.models import Project
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.selectors import feeds_due, webhooks_due
from tests.receiver import Receiver
from workers.webhook import deliver, read

Hooked = tuple[Webhook, str]
LONG_AGO = "1970-01-01T00:00:00Z"


def happen(project: Project, kind: str = "twin.version", **more: Any) -> Event:
    return Event.objects.create(project=project, kind=kind, **more)


def tell(hook: Webhook) -> None:
    """What the sweeper and a worker do about a webhook."""
    if feeds_due():
        read()
    if hook.pk in webhooks_due(10):
        deliver(str(hook.pk))


def told(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(got.body) for got in receiver.got]


def later(hook: Webhook) -> None:
    """As if the wait after a failure were over."""
    Webhook.objects.filter(pk=hook.pk).update(retry_at=LONG_AGO)
    Delivery.objects.filter(webhook=hook, state="waiting").update(next_at=LONG_AGO)
