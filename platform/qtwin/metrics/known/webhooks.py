"""Webhooks that do not get what they wait for."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q
from prometheus_client.core import Metric

from qtwin.metrics.known.family import Family
from qtwin.webhooks.models import Webhook

WEBHOOKS = Family(
    name="qtwin_webhooks",
    about="Webhooks by state: fine, failing (the last try failed), or off",
    labels=("state",),
)
FAMILIES = (WEBHOOKS,)


def read() -> Iterator[Metric]:
    found = Webhook.objects.aggregate(
        fine=Count("pk", filter=Q(off_since=None, failures=0)),
        failing=Count("pk", filter=Q(off_since=None, failures__gt=0)),
        off=Count("pk", filter=Q(off_since__isnull=False)),
    )
    yield WEBHOOKS.of(((state,), float(n)) for state, n in found.items())
