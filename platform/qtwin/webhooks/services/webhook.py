"""Webhooks made, changed and removed by people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import Team, User
from qtwin.accounts.services import audit_record
from qtwin.accounts.services.sealing import secret_seal
from qtwin.jobs.models import Event
from qtwin.unchanged import as_seen, write
from qtwin.webhooks.models import Delivery, Feed, Webhook
from qtwin.webhooks.models.feed import ONLY
from qtwin.webhooks.models.webhook import LONG_AGO
from qtwin.webhooks.signature import new_secret
from qtwin.webhooks.target import read_target

EDITED = ("url", "events", "off_since")
MOST = 20
"""Webhooks of one team."""
CALM: dict[str, Any] = {"failures": 0, "failing_since": None, "retry_at": LONG_AGO}


class TooMany(Exception):
    """The team has as many as it may have."""


@transaction.atomic
def webhook_create(*, team: Team, url: str, events: Sequence[str], by: User) -> tuple[Webhook, str]:
    """Make a webhook; the secret beside it is never shown again.

    Raises:
        BadTarget: The address is not allowed.
        TooMany: Remove one first.
    """
    read_target(url)
    Team.objects.select_for_update().get(pk=team.pk)
    if Webhook.objects.filter(team=team).count() >= MOST:
        raise TooMany(f"the team has {MOST} webhooks; allowed: at most {MOST}")
    _begin_to_read()
    secret = new_secret()
    made = Webhook(
        id=new_id(), team=team, url=url, events=sorted(set(events)), created_by=by,
        since=timezone.now(),
    )  # fmt: skip
    secret_seal(made, secret)
    made.save(force_insert=True)
    _audit("webhook.create", made, by)
    return made, secret


@transaction.atomic
def webhook_change(
    *,
    webhook: Webhook,
    by: User,
    url: str | None = None,
    events: Sequence[str] | None = None,
    on: bool | None = None,
    unchanged: bool = False,
) -> None:
    """Change where and of what it is told, or switch it on or off.

    Args:
        unchanged: Only if its row is still as ``webhook`` says.

    Raises:
        BadTarget: The address is not allowed.
        ChangedSince: The row is not as it was seen.
    """
    rows = Webhook.objects.filter(pk=webhook.pk)
    if unchanged:
        rows = rows.filter(**as_seen(webhook, EDITED))
    changed: dict[str, Any] = {}
    if url is not None:
        read_target(url)
        changed |= {"url": url}
    if events is not None:
        changed |= {"events": sorted(set(events))}
    if on is True and webhook.off_since is not None:
        _begin_to_read()
        changed |= {"off_since": None, "note": "", "since": timezone.now(), **CALM}
    write(rows, changed or {"url": F("url")}, needed=unchanged)
    if on is False and webhook.off_since is None:
        webhook_off(webhook, note="switched off by hand")
    _audit("webhook.change", webhook, by)


@transaction.atomic
def webhook_delete(*, webhook: Webhook, by: User) -> None:
    """Forget it, its secret and what was sent to it."""
    _audit("webhook.delete", webhook, by)
    webhook.delete()


def webhook_off(webhook: Webhook, *, note: str) -> None:
    """Send nothing any more, and give up what waits."""
    on = Webhook.objects.filter(pk=webhook.pk, off_since=None)
    if on.update(off_since=timezone.now(), note=note, **CALM):
        waiting = Delivery.objects.filter(webhook=webhook.pk, state=Delivery.State.WAITING)
        waiting.update(state=Delivery.State.FAILED, detail="the webhook was switched off")


def _begin_to_read() -> None:
    """From here on, where nobody was told of what came before."""
    Feed.objects.get_or_create(pk=ONLY)
    feed = Feed.objects.select_for_update().get(pk=ONLY)
    if not Webhook.objects.filter(off_since=None).exists():
        newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
        Feed.objects.filter(pk=feed.pk).update(position=newest)


def _audit(action: str, webhook: Webhook, by: User) -> None:
    audit_record(action=action, user=by, team=webhook.team, target=f"webhook:{webhook.pk}")
