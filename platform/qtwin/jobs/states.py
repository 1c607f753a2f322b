"""The job's state machine: which state may follow which."""

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

MOVES: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset(
        {
            *(State.RUNNING, State.SUBMITTING, State.FAILED, State.CANCELLED, State.QUEUED),
            State.DONE,  # all of it was known
        }
    ),
    State.RUNNING: frozenset({State.RUNNING, State.DONE, State.FAILED, State.CANCELLED}),
    State.SUBMITTING: frozenset(
        {State.SUBMITTING, State.SUBMITTED, State.QUEUED, State.HOLD, State.FAILED}
    ),
    State.SUBMITTED: frozenset({State.SUBMITTED, State.FETCHED, State.FAILED, State.CANCELLED}),
    State.FETCHED: frozenset({State.DONE, State.FAILED}),
    State.HOLD: frozenset({State.QUEUED, State.CANCELLED}),
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
