"""When to try again, and how often, by what went wrong."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

MAX_CRASHES = 3
"""In a row; then the experiment itself is to blame."""

MAX_ATTEMPTS = {"crashed": 10, "unavailable": 10, "not_created": 100}
"""Tries of a job by error class. What is not here waits for as long as it takes: an unknown
outcome must be learnt, and a blocked credential is for a person to mend."""

MAX_SUBMIT_CRASHES = 10
"""Of workers while they submit; then a person must look, since something may have been bought."""

BILL_LOOKS = 6
BILL_PATIENCE_S = 7 * 86400.0
"""How long after the lag a vendor that does not answer is still asked for its bill."""

RETRY_GROWTH, POLL_GROWTH = 2.0, 1.4


def retry_wait_s(identifier: UUID, tries: int) -> float:
    """Seconds before try number ``tries + 1``: they double, up to a longest wait."""
    return _wait_s(
        identifier,
        tries,
        RETRY_GROWTH,
        settings.JOB_RETRY_FIRST_S,
        settings.JOB_RETRY_LONGEST_S,
    )


def poll_wait_s(identifier: UUID, polls: int) -> float:
    """Seconds before asking the vendor again."""
    return _wait_s(
        identifier, polls, POLL_GROWTH, settings.JOB_POLL_FIRST_S, settings.JOB_POLL_LONGEST_S
    )


def first_look_s(lag_s: float) -> float:
    """Seconds after its end when a bill that may change is first looked at again."""
    return lag_s / 2.0**BILL_LOOKS


def next_look_s(lag_s: float, past_s: float) -> float | None:
    """The next look, in seconds after the end; None when one was taken after the whole lag.

    The time since the end doubles from look to look.
    """
    looks = (lag_s / 2.0**left for left in range(BILL_LOOKS, -1, -1))
    return next((after_s for after_s in looks if after_s > past_s), None)


def _wait_s(identifier: UUID, count: int, growth: float, first_s: float, longest_s: float) -> float:
    """Growing and capped, and up to a fifth shorter, so that many jobs do not ask at once."""
    grown: float = min(longest_s, first_s * growth ** min(count, 60))
    spread = (identifier.int * 2654435761 + count * 40503) % 1000 / 1000
    return grown * (1.0 - 0.2 * spread)
