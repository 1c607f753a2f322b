"""What a view tells of its answer to a request that waits for news of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

WATCH = "qtwin.watch"
"""Where, in the request's scope."""
LONGEST_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What an answer is about.

    Attributes:
        projects: Whose events may be about it.
        job: Only events of this job; None for all.
        ended: Whether nothing more will happen to it.
    """

    projects: frozenset[UUID]
    job: UUID | None = None
    ended: bool = False


def wait_of(text: str) -> float | None:
    """Seconds that a query asks for; None where they are none that are allowed."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0.0 <= seconds <= LONGEST_S else None
