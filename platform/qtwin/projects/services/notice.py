"""When people should hear of a budget: four fifths of it are gone, or more than all.

Of the four fifths they hear once, until less than three fifths are spent or reserved again: what
jobs reserve and give back would otherwise cross the line every few minutes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from django.db.models import F
from django.db.models.functions import Now

from qtwin.projects.models import Budget
from qtwin.projects.models.budget import LOW_FIFTHS

CALM_FIFTHS = 3
FIFTHS_USED = 5 * (F("spent") + F("reserved"))
"""Whole numbers: so a quotient of it is cut off, which changes no comparison with a limit."""


class Kind(StrEnum):
    LOW = "low"
    OVERDRAWN = "overdrawn"


class Notice(NamedTuple):
    """What has just become of a budget."""

    kind: Kind
    budget: Budget


def notice_of(budget: Budget, *, left_before: int) -> list[Notice]:
    """After a movement on a budget, in its transaction: what is new, if anything.

    Args:
        left_before: What was left before the movement.
    """
    low = Budget.objects.filter(pk=budget.pk, warned_at=None, limit__gt=0)
    told = bool(low.filter(limit__lte=FIFTHS_USED / LOW_FIFTHS).update(warned_at=Now()))
    if told:
        budget.refresh_from_db()
    if budget.overdrawn and left_before >= 0:
        return [Notice(Kind.OVERDRAWN, budget)]
    return [Notice(Kind.LOW, budget)] if told else []


def notice_over(budget: Budget) -> None:
    """Enough is left again, perhaps: then people hear of the next time."""
    warned = Budget.objects.filter(pk=budget.pk, warned_at__isnull=False)
    warned.filter(limit__gt=FIFTHS_USED / CALM_FIFTHS).update(warned_at=None)
