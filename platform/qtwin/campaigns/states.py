"""The states of a campaign, of its steps, and of its runs."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """Of a campaign."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (State.RUNNING, State.PAUSED)
TERMINAL = (State.DONE, State.FAILED, State.CANCELLED)

MOVES: dict[State, frozenset[State]] = {
    State.RUNNING: frozenset({State.RUNNING, State.PAUSED, *TERMINAL}),
    State.PAUSED: frozenset({State.PAUSED, State.RUNNING}),
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}


class StepState(models.TextChoices):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


STEP_ENDED = (StepState.DONE, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED)


class RunState(models.TextChoices):
    """``waiting`` has no job yet; the other words are those that people read of its job."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    HELD = "held"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


RUN_ENDED = (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED)
