"""The states of what workers make for worlds: the world itself, runs, evaluations, reports."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """``waiting`` is for a job of the ordinary queue."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (State.QUEUED, State.RUNNING, State.WAITING)
TERMINAL = (State.DONE, State.FAILED, State.CANCELLED)
