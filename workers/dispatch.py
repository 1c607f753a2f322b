"""Implements the web side's dispatchers: whatever is due, by its id, on the queue that fits."""

from __future__ import annotations

from time import monotonic

from workers import tasks
from workers.queues import HINT_LIFETIME_S, IO, JOBS, TRAIN, TWIN

BURST_S = 1.0
MOST_KEPT = 10_000
_assimilated: dict[str, float] = {}
"""When this process last hinted at a project's twin."""


def advance(job_id: str) -> None:
    """Hint that a job is due."""
    tasks.advance.apply_async((job_id,), queue=JOBS, expires=HINT_LIFETIME_S, retry=False)


def assimilate(project_id: str) -> None:
    """Hint that a project's twin is behind its evidence; of a burst, once.

    What is left out costs no fit: the sweeper finds a project whose twin stays behind.
    """
    now = monotonic()
    if now - _assimilated.get(project_id, -BURST_S) < BURST_S:
        return
    tasks.assimilate.apply_async((project_id,), queue=TWIN, expires=HINT_LIFETIME_S, retry=False)
    if len(_assimilated) >= MOST_KEPT:
        _assimilated.clear()
    _assimilated[project_id] = now


def campaign(campaign_id: str) -> None:
    """Hint that a campaign is due."""
    tasks.campaign.apply_async((campaign_id,), queue=JOBS, expires=HINT_LIFETIME_S, retry=False)


def campaign_plan(campaign_id: str) -> None:
    """Hint that a campaign wants to ask its twin, which is slow."""
    tasks.campaign.apply_async((campaign_id,), queue=TWIN, expires=HINT_LIFETIME_S, retry=False)


def reconcile(submission_id: str) -> None:
    """Hint that a settled run's bill is to be looked at again."""
    tasks.reconcile.apply_async((submission_id,), queue=JOBS, expires=HINT_LIFETIME_S, retry=False)


def schedule(schedule_id: str) -> None:
    """Hint that a schedule is due."""
    tasks.schedule.apply_async((schedule_id,), queue=JOBS, expires=HINT_LIFETIME_S, retry=False)


def archive(import_id: str) -> None:
    """Hint that an archive waits to be read."""
    tasks.archive.apply_async((import_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False)


def credential_test(test_id: str) -> None:
    """Hint that a credential waits to be tested."""
    tasks.credential_test.apply_async((test_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False)


def preview(preview_id: str) -> None:
    """Hint that a system waits to be written out."""
    tasks.preview.apply_async((preview_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False)


def classify(classifier_id: str) -> None:
    """Hint that a comparison of classifiers waits to be made."""
    tasks.classify.apply_async((classifier_id,), queue=TRAIN, expires=HINT_LIFETIME_S, retry=False)


def calibration_watch(credential_id: str) -> None:
    """Hint that a vendor should be asked whether its devices were calibrated."""
    tasks.calibration_watch.apply_async(
        (credential_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False
    )


def webhook_feed(feed_id: str) -> None:
    """Hint that webhooks may be told of new events."""
    tasks.webhook_feed.apply_async((feed_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False)


def webhook(webhook_id: str) -> None:
    """Hint that something waits to be sent to a webhook."""
    tasks.webhook.apply_async((webhook_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False)


def erase(rule_id: str) -> None:
    """Hint that something may be kept no longer."""
    tasks.erase.apply_async((rule_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False)


def world(world_id: str) -> None:
    """Hint that a world waits to be made."""
    tasks.world.apply_async((world_id,), queue=TRAIN, expires=HINT_LIFETIME_S, retry=False)


def train(run_id: str) -> None:
    """Hint that a training run is due."""
    tasks.train.apply_async((run_id,), queue=TRAIN, expires=HINT_LIFETIME_S, retry=False)


def evaluate(evaluation_id: str) -> None:
    """Hint that a policy waits to be played."""
    tasks.evaluate.apply_async((evaluation_id,), queue=TWIN, expires=HINT_LIFETIME_S, retry=False)


def report(report_id: str) -> None:
    """Hint that a transfer report is due."""
    tasks.report.apply_async((report_id,), queue=TRAIN, expires=HINT_LIFETIME_S, retry=False)


def loop(loop_id: str) -> None:
    """Hint that a loop may take its next step."""
    tasks.loop.apply_async((loop_id,), queue=JOBS, expires=HINT_LIFETIME_S, retry=False)
