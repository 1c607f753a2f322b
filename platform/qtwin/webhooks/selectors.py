"""Reads of webhooks, already filtered by who may see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from qtwin.accounts.models import Team
from qtwin.jobs.models import Event
from qtwin.webhooks.models import Delivery, Feed, Webhook
from qtwin.webhooks.models.feed import ONLY


def webhooks_of(team: Team) -> QuerySet[Webhook]:
    """The team's webhooks, the newest first; secrets stay shut."""
    rows = Webhook.objects.filter(team=team).defer("ciphertext", "wrapped_key")
    return rows.select_related("team", "created_by").order_by("-created_at", "-id")


def deliveries_of(webhook: Webhook) -> QuerySet[Delivery]:
    """What was sent to a webhook, or waits to be, the newest first."""
    return Delivery.objects.filter(webhook=webhook).order_by("-created_at", "-id")


def deliveries_due(webhook: Webhook) -> QuerySet[Delivery]:
    """What should be sent to it now, the longest due first."""
    due = Delivery.objects.filter(webhook=webhook, state=Delivery.State.WAITING, next_at__lte=Now())
    return due.order_by("next_at", "id")


def webhooks_due(limit: int) -> list[UUID]:
    """Ids of webhooks to which a worker should send something now."""
    waiting = Delivery.objects.filter(
        webhook=OuterRef("pk"), state=Delivery.State.WAITING, next_at__lte=Now()
    )
    due = Webhook.objects.filter(
        Exists(waiting), off_since=None, retry_at__lte=Now(), lease_until__lt=Now()
    )
    return list(due.order_by("retry_at", "id").values_list("pk", flat=True)[:limit])


def feeds_due() -> list[UUID]:
    """The feed, when there is a webhook to tell and an event that was not read for good."""
    if not Webhook.objects.filter(off_since=None).exists():
        return []
    position = Feed.objects.filter(pk=ONLY).values_list("position", flat=True).first() or 0
    return [ONLY] if Event.objects.filter(pk__gt=position).exists() else []
