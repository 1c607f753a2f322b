"""What a person has read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.functions import Now

from qtwin.accounts.models import User
from qtwin.comments.models import Mention


def mentions_read(*, user: User, only: Collection[Any] | None = None) -> int:
    """Mark the user's mentions as read; how many were not.

    Args:
        only: Ids of these; all if None.
    """
    rows = Mention.objects.filter(user=user, read_at=None)
    if only is not None:
        rows = rows.filter(pk__in=only)
    return rows.update(read_at=Now())
