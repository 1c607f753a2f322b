"""The job's state machine: which state may follow which.

QUEUED and RUNNING go to HOLD when a person holds the job. FETCHED goes back to QUEUED when the job
has another part to submit, and to HOLD when workers die while they read what was paid for. HOLD
goes to SUBMITTED when the vendor, asked again before a release or a cancellation, turns out to have
the run, and to FETCHED when a kept result is read once more.
"""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUBMITTING = "SUBMITTING"
    SUBMITTED = "SUBMITTED"
    FETCHED = "FETCHED"
    HOLD = "HOLD"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


TERMINAL = (State.DONE, State.FAILED, State.CANCELLED)
ACTIVE = tuple(state for state in State if state not in TERMINAL)

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset(
        {
            *(State.RUNNING, State.SUBMITTING, State.FAILED, State.CANCELLED, State.QUEUED),
            State.HOLD,
            State.DONE,  # all of it was known
        }
    ),
    State.RUNNING: frozenset(
        {State.RUNNING, State.DONE, State.FAILED, State.CANCELLED, State.HOLD}
    ),
    State.SUBMITTING: frozenset(
        {State.SUBMITTING, State.SUBMITTED, State.QUEUED, State.HOLD, State.FAILED}
    ),
    State.SUBMITTED: frozenset({State.SUBMITTED, State.FETCHED, State.FAILED, State.CANCELLED}),
    State.FETCHED: frozenset({State.DONE, State.FAILED, State.QUEUED, State.HOLD}),
    State.HOLD: frozenset({State.QUEUED, State.SUBMITTED, State.FETCHED, State.CANCELLED}),
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}

SHOWN = {
    State.QUEUED: "queued",
    State.RUNNING: "running",
    State.SUBMITTING: "running",
    State.SUBMITTED: "running",
    State.FETCHED: "running",
    State.HOLD: "held",
    State.DONE: "succeeded",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
}
"""What people and the API call each state."""


def states_shown_as(word: str) -> list[State]:
    """The states behind a shown word, e.g. ``running``."""
    return [state for state, shown in SHOWN.items() if shown == word]
