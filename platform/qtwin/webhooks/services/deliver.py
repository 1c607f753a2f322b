"""Sends what is due to one webhook, one after the other. The rows are the truth, as a job's is."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from qtwin.accounts.services.sealing import Locked, secret_open
from qtwin.metrics.work import DELIVERIES
from qtwin.webhooks import wire
from qtwin.webhooks.models import Delivery, Webhook
from qtwin.webhooks.selectors import deliveries_due
from qtwin.webhooks.services.webhook import CALM, webhook_off
from qtwin.webhooks.signature import signed_headers
from qtwin.webhooks.target import BadTarget

WAITS_S = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""After each failure in a row; less than a day together, then it is given up."""
LONGEST = timedelta(hours=23)
"""A webhook that has answered nothing well for so long is switched off."""
MOST_TIME_S, LEASE_S = 20.0, 60.0
GONE = 410
log = logging.getLogger(__name__)

Post = Callable[..., int]
State = Delivery.State


def webhook_claim(webhook_id: UUID | str, *, lease_s: float = LEASE_S) -> Webhook | None:
    """Be the only one who sends to it: one UPDATE. None when it is not to be had."""
    free = Webhook.objects.filter(
        pk=webhook_id, off_since=None, lease_until__lt=Now(), retry_at__lte=Now()
    )
    fence = free.values_list("fence", flat=True).first()
    lease = {"fence": F("fence") + 1, "lease_until": Now() + timedelta(seconds=lease_s)}
    if fence is None or not free.filter(fence=fence).update(**lease):
        return None
    return Webhook.objects.select_related("team").filter(pk=webhook_id, fence=fence + 1).first()


def webhook_deliver(webhook: Webhook, *, post: Post = wire.post) -> int:
    """Send what is due until something fails or others should have their turn; how many arrived."""
    sent, end = 0, time.monotonic() + MOST_TIME_S
    while time.monotonic() < end:
        delivery = deliveries_due(webhook).first()
        if delivery is None or not _send(webhook, delivery, post):
            break
        sent += 1
    _held(webhook).update(lease_until=Now())
    return sent


def _send(webhook: Webhook, delivery: Delivery, post: Post) -> bool:
    status, detail = _answer(webhook, delivery, post)
    good = status is not None and 200 <= status < 300
    DELIVERIES.count(outcome="delivered" if good else "failed")
    with transaction.atomic():
        if not _held(webhook).exists():
            return False
        if good:
            _note(delivery, state=State.DELIVERED, status=status, detail="")
            _held(webhook).update(**CALM)
        else:
            _note_failure(webhook, delivery, status, detail or f"answered {status}")
    return good


def _answer(webhook: Webhook, delivery: Delivery, post: Post) -> tuple[int | None, str]:
    """The status, or why there is none."""
    body = delivery.body.encode()
    try:
        secret = secret_open(webhook)
        signed = signed_headers(
            secret, message=str(delivery.event), timestamp=int(time.time()), body=body
        )
        head = {"content-type": "application/json", "user-agent": "QTwin-Webhook/1", **signed}
        return post(webhook.url, headers=head, body=body), ""
    except (BadTarget, wire.NoAnswer) as error:
        return None, str(error)
    except Locked as error:
        return None, f"its secret cannot be opened: {error}"
    except Exception as error:  # whatever a receiver made of it must not stop the others
        log.exception("delivery %s", delivery.pk)
        return None, f"it could not be sent: {type(error).__name__}"


def _note_failure(webhook: Webhook, delivery: Delivery, status: int | None, detail: str) -> None:
    wait_s = _wait_s(delivery.attempts)
    state = State.WAITING if wait_s else State.FAILED
    later = timezone.now() + timedelta(seconds=wait_s)
    _note(delivery, state=state, status=status, detail=detail[:300], next_at=later)
    webhook.refresh_from_db(fields=["failures", "failing_since"])
    began = webhook.failing_since or timezone.now()
    retry_at = timezone.now() + timedelta(seconds=_wait_s(webhook.failures) or WAITS_S[-1])
    _held(webhook).update(failures=F("failures") + 1, failing_since=began, retry_at=retry_at)
    if status == GONE:
        webhook_off(webhook, note="its address answered 410 Gone")
    elif timezone.now() - began >= LONGEST:
        since = f"{began:%Y-%m-%d %H:%M} UTC"
        webhook_off(webhook, note=f"nothing arrived since {since}: {detail}"[:300])


def _note(delivery: Delivery, *, state: State, **fields: Any) -> None:
    waiting = Delivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    waiting.update(state=state, attempts=F("attempts") + 1, last_at=timezone.now(), **fields)


def _wait_s(failures: int) -> float:
    """How long after one more failure; 0 when that was the last."""
    if failures >= len(WAITS_S):
        return 0.0
    return WAITS_S[failures] * random.uniform(0.9, 1.1)  # noqa: S311 - no secret


def _held(webhook: Webhook) -> Any:
    return Webhook.objects.filter(pk=webhook.pk, fence=webhook.fence)
