"""From the append-only table of events to what is to be sent. Repeating it makes nothing twice."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from qtwin.jobs.models import Event
from qtwin.webhooks.kinds import ASKED
from qtwin.webhooks.message import JOBS, body_of, event_id, kind_of
from qtwin.webhooks.models import Delivery, Feed, Webhook
from qtwin.webhooks.models.feed import ONLY

BATCH = 500
SETTLED = timedelta(seconds=60)
"""No transaction takes so long: what is older is all there is of its time."""
KEPT = timedelta(days=30)
TOLD = Q(kind="job.state", to_state__in=list(JOBS)) | Q(kind__in=[*ASKED, "campaign.state"])
log = logging.getLogger(__name__)


@transaction.atomic
def feed_read() -> int:
    """Read on for all webhooks; how many deliveries it made."""
    Feed.objects.get_or_create(pk=ONLY)
    position = Feed.objects.select_for_update().get(pk=ONLY).position
    hooks = _hooks()
    told = Event.objects.filter(TOLD, pk__gt=position, project__team__in=list(hooks))
    events = list(told.select_related("project").order_by("pk")[:BATCH])
    made = _deliveries(events, hooks)
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    _advance(position, events)
    ended = Delivery.objects.exclude(state=Delivery.State.WAITING)
    ended.filter(created_at__lt=timezone.now() - KEPT).delete()
    return len(made)


def _hooks() -> dict[UUID, list[Webhook]]:
    """Those that are on, by team."""
    found: dict[UUID, list[Webhook]] = defaultdict(list)
    for hook in Webhook.objects.filter(off_since=None).defer("ciphertext", "wrapped_key"):
        found[hook.team_id].append(hook)
    return found


def _deliveries(events: Sequence[Event], hooks: dict[UUID, list[Webhook]]) -> list[Delivery]:
    ids = [event_id(event) for event in events]
    known = set(Delivery.objects.filter(event__in=ids).values_list("webhook", "event"))
    return [
        made
        for event, name in zip(events, ids, strict=True)
        for hook in hooks[event.project.team_id]
        if (hook.pk, name) not in known and (made := _delivery(hook, event, name))
    ]


def _delivery(hook: Webhook, event: Event, name: UUID) -> Delivery | None:
    kind = kind_of(event)
    if kind is None or kind.value not in hook.events or event.created_at < hook.since:
        return None
    try:
        body = body_of(event, kind)
    except ValueError:  # one event that is no JSON must not keep all others back
        log.exception("event %s is told to nobody", event.pk)
        return None
    return Delivery(webhook=hook, event=name, kind=kind, body=body, next_at=timezone.now())


def _advance(position: int, events: Sequence[Event]) -> None:
    """Up to what is settled, and not past what a full batch left for the next time."""
    settled = Event.objects.filter(pk__gt=position, created_at__lt=timezone.now() - SETTLED)
    if len(events) == BATCH:
        settled = settled.filter(pk__lte=events[-1].pk)
    newest: Any = settled.aggregate(newest=Max("pk"))["newest"]
    if newest is not None:
        Feed.objects.filter(pk=ONLY).update(position=newest)
