"""Hints at whatever is due, again and again. Any number of sweepers may run.

Run as ``python -m workers.sweeper``. It decides nothing: a hint too many is a task that finds
nothing to claim, and a hint too few is given a second later.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from uuid import UUID

import django

from qtwin.health.beat import beat_write
from qtwin.metrics.metric import wanted
from qtwin.metrics.work import HINTS, SWEEP_BEAT, SWEEP_SECONDS
from workers.queues import JOBS
from workers.unheard import unheard

log = logging.getLogger(__name__)

EVERY_S = 0.5
FEED_S = 1.0
REPEAT_S = 3.0
BATCH = 200
WITHHELD_S = 10.0
"""The longest that other messages in the queue may stand for hints at jobs."""
ERASE_S = 600.0
"""Between two looks at what is kept no longer."""


class Sweeper:
    """Remembers when it last hinted at an id, so that a slow queue is not flooded.

    Nor does a long one get hints at jobs: no more wait than jobs are due.
    """

    def __init__(self) -> None:
        self._hinted: dict[UUID, float] = {}
        self._heard_at = time.monotonic()
        self._erased_at = -ERASE_S

    def sweep(self) -> int:
        """Hint at everything due once; returns how many hints were sent."""
        from django.conf import settings

        from qtwin.accounts.selectors import credential_tests_due
        from qtwin.archives.selectors import imports_due
        from qtwin.campaigns.selectors import campaigns_due, credentials_watched, schedules_due
        from qtwin.jobs.selectors import bills_due, jobs_due
        from qtwin.projects.selectors import previews_due
        from qtwin.retention.rules import rules_due
        from qtwin.training.selectors import (
            classifiers_due,
            evaluations_due,
            loops_due,
            reports_due,
            runs_due,
            worlds_due,
        )
        from qtwin.twins.selectors import twins_due
        from qtwin.webhooks.selectors import feeds_due, webhooks_due
        from workers import dispatch

        return self._send_turns(jobs_due(BATCH)) + sum(
            self._send(due, hint, every_s)
            for due, hint, every_s in (
                (
                    list(bills_due().values_list("pk", flat=True)[:BATCH]),
                    dispatch.reconcile,
                    REPEAT_S,
                ),
                (twins_due(BATCH), dispatch.assimilate, REPEAT_S),
                (campaigns_due(BATCH, planning=False), dispatch.campaign, EVERY_S),
                (campaigns_due(BATCH, planning=True), dispatch.campaign_plan, REPEAT_S),
                (
                    list(schedules_due().values_list("pk", flat=True)[:BATCH]),
                    dispatch.schedule,
                    REPEAT_S,
                ),
                (imports_due(BATCH), dispatch.archive, REPEAT_S),
                (credential_tests_due(BATCH), dispatch.credential_test, REPEAT_S),
                (previews_due(BATCH), dispatch.preview, REPEAT_S),
                (classifiers_due(BATCH), dispatch.classify, REPEAT_S),
                (
                    credentials_watched(BATCH, every_s=settings.CALIBRATION_WATCH_S),
                    dispatch.calibration_watch,
                    REPEAT_S,
                ),
                (worlds_due(BATCH), dispatch.world, REPEAT_S),
                (runs_due(BATCH), dispatch.train, REPEAT_S),
                (evaluations_due(BATCH), dispatch.evaluate, REPEAT_S),
                (reports_due(BATCH), dispatch.report, REPEAT_S),
                (loops_due(BATCH), dispatch.loop, EVERY_S),
                (feeds_due(), dispatch.webhook_feed, FEED_S),
                (webhooks_due(BATCH), dispatch.webhook, FEED_S),
                (self._now_and_then(rules_due), dispatch.erase, REPEAT_S),
            )
        )

    def _now_and_then(self, due: Callable[[], list[UUID]]) -> list[UUID]:
        """Nobody waits for it."""
        now = time.monotonic()
        if now - self._erased_at < ERASE_S:
            return []
        self._erased_at = now
        return due()

    def _send_turns(self, due: list[UUID]) -> int:
        """Whichever job a hint names, its worker takes the one whose turn it is: count them.

        Not all that waits there is a hint at a job, so none are withheld for long.
        """
        from workers import dispatch

        now, wanting = time.monotonic(), len(due) - unheard(JOBS) if due else 0
        if due and wanting <= 0 and now - self._heard_at < WITHHELD_S:
            return 0
        self._heard_at = now
        return self._send(due, dispatch.advance, REPEAT_S, most=wanting if wanting > 0 else BATCH)

    def _send(
        self, due: list[UUID], hint: Callable[[str], None], every_s: float, *, most: int = BATCH
    ) -> int:
        now, sent = time.monotonic(), 0
        for identifier in due:
            if sent >= most:
                break
            if now - self._hinted.get(identifier, -every_s) >= every_s:
                hint(str(identifier))
                self._hinted[identifier] = now
                sent += 1
        if sent:
            HINTS.count(sent, kind=hint.__name__)
        self._hinted = {key: at for key, at in self._hinted.items() if now - at < REPEAT_S}
        return sent


def beat() -> None:
    """Say that everything was looked at."""
    SWEEP_BEAT.set(time.time())
    beat_write("sweeper")


def main() -> None:
    django.setup()
    from django.db import close_old_connections

    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    sweeper = Sweeper()
    if wanted():
        from qtwin.metrics.exporter import export

        export()
    while not stop.wait(EVERY_S):
        try:
            close_old_connections()
            with SWEEP_SECONDS.timed():
                sweeper.sweep()
            beat()
        except Exception as error:  # a broker or database that is away must not end the sweeper
            log.warning("sweep failed: %s: %s", type(error).__name__, error)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qtwin.config.settings")
    main()
