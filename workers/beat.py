"""Beats while Celery's loop comes round and is connected to the broker, and not otherwise."""

from __future__ import annotations

import time
from typing import Any

from celery import bootsteps

from qtwin.health.beat import EVERY_S, beat_write
from qtwin.metrics.work import WORKER_BEAT


class BeatStep(bootsteps.StartStopStep):
    """A part of the consumer, which Celery stops when the broker is away."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **_: Any) -> None:
        self._timer: Any = None

    def start(self, parent: Any) -> None:
        _beat()
        self._timer = parent.timer.call_repeatedly(EVERY_S, _beat)

    def stop(self, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _beat() -> None:
    beat_write("worker")
    WORKER_BEAT.set(time.time())
