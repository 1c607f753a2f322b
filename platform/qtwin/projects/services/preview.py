"""Systems written out by a worker: asked for at once, made in the sandbox, kept for who asks again.

The row is the truth, as a job's is: a worker that dies leaves a preview that another one makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.projects import dispatch
from qtwin.projects.models import Preview
from qtwin.projects.selectors import system_digest

KEPT = 500
KEPT_FOR = timedelta(days=30)
"""After which a system is forgotten, so that none outlives its project for long."""
MOST_OPEN = 32
"""Previews that wait; who asks for one more looks again later."""
MOST_OF_ONE = 4
"""Of these, how many one user may have asked for, so that nobody keeps the others waiting."""
MOST_TRIES = 3
Outcome = Preview.Outcome


class TooManyPreviews(Exception):
    """Others wait already."""


def preview_ask(system: Mapping[str, Any], *, by: User | None = None) -> Preview:
    """The preview of a checked document, which may still be open.

    Args:
        by: Who asks; None for anybody without an account, who count as one.

    Raises:
        TooManyPreviews: It is not known, and too many others wait, or too many of the same user.
    """
    digest = system_digest(system)
    known = Preview.objects.filter(digest=digest).first()
    if known is not None:
        return known
    waiting = Preview.objects.filter(outcome=Outcome.OPEN)
    if waiting.count() >= MOST_OPEN:
        raise TooManyPreviews("other systems are being written out; look again in a moment")
    if waiting.filter(asked_by=by).count() >= MOST_OF_ONE:
        raise TooManyPreviews(
            f"{MOST_OF_ONE} systems that you asked for are being written out; look again soon"
        )
    with transaction.atomic():
        row, made = Preview.objects.get_or_create(
            digest=digest, defaults={"system": dict(system), "asked_by": by}
        )
        if made:
            transaction.on_commit(partial(dispatch.hint, row.pk))
    return row


def preview_claim(preview_id: UUID | str, *, lease_s: float) -> Preview | None:
    """Take a due preview: one UPDATE. None when it is not to be had."""
    due = Preview.objects.filter(pk=preview_id, outcome=Outcome.OPEN, lease_until__lte=Now())
    fence = due.values_list("fence", flat=True).first()
    if fence is None or not due.filter(fence=fence).update(
        fence=F("fence") + 1, lease_until=Now() + timedelta(seconds=lease_s)
    ):
        return None
    row = Preview.objects.filter(pk=preview_id, fence=fence + 1).first()
    if row is not None and row.fence > MOST_TRIES:
        preview_end(row, outcome=Outcome.REFUSED, detail=f"{MOST_TRIES} workers died of it")
        return None
    return row


def preview_renew(row: Preview, *, lease_s: float) -> bool:
    """Keep the lease; False when it was lost."""
    return bool(_held(row).update(lease_until=Now() + timedelta(seconds=lease_s)))


def preview_end(
    row: Preview,
    *,
    outcome: Outcome,
    answer: Mapping[str, Any] | None = None,
    detail: str = "",
    field: str = "",
) -> bool:
    """Keep what came of it; False if the lease was lost."""
    ended = _held(row).update(
        outcome=outcome, answer=dict(answer or {}), detail=detail[:500], field=field[:200]
    )
    Preview.objects.filter(created_at__lt=Now() - KEPT_FOR).exclude(outcome=Outcome.OPEN).delete()
    old = Preview.objects.exclude(outcome=Outcome.OPEN).order_by("-created_at")
    Preview.objects.filter(pk__in=list(old.values_list("pk", flat=True)[KEPT:])).delete()
    return bool(ended)


def _held(row: Preview) -> Any:
    return Preview.objects.filter(pk=row.pk, fence=row.fence, outcome=Outcome.OPEN)
