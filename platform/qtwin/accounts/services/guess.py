"""Slows guessing: so many tries within a while, then a pause.

A try is counted before it is judged, so that tries made at once are all counted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from qtwin.accounts.models import GuessCount

FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most ``most`` tries of a kind in ``pause_s`` seconds."""

    kind: str
    most: int
    pause_s: int = 900


class TooManyGuesses(Exception):
    """Nothing more is judged until the pause is over.

    Attributes:
        pause_s: Its whole length, which tells nothing of who tried and when.
    """

    def __init__(self, pause_s: int) -> None:
        super().__init__(f"too many attempts; wait {pause_s // 60} minutes")
        self.pause_s = pause_s


def guess_take(limit: Limit, *who: object) -> None:
    """Count one try.

    Raises:
        TooManyGuesses: There were as many as are allowed.
    """
    now = timezone.now()
    fresh = {"failures": 0, "until": now + timedelta(seconds=limit.pause_s)}
    row = GuessCount(digest=_digest(limit, who), **fresh)
    GuessCount.objects.bulk_create([row], ignore_conflicts=True)
    rows = GuessCount.objects.filter(digest=row.digest)
    rows.filter(until__lte=now).update(**fresh)
    if not rows.filter(failures__lt=limit.most).update(failures=F("failures") + 1):
        raise TooManyGuesses(limit.pause_s)


def guess_forgive(limit: Limit, *who: object) -> None:
    """Begin anew after a right one."""
    GuessCount.objects.filter(digest=_digest(limit, who)).delete()
    GuessCount.objects.filter(until__lt=timezone.now() - FORGOTTEN).delete()


def _digest(limit: Limit, who: tuple[object, ...]) -> str:
    text = " ".join([limit.kind, *map(str, who)])
    return hashlib.sha256(text.encode()).hexdigest()
