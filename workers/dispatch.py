"""Implements the web side's dispatchers of jobs, twins, campaigns, imports and credentials."""

from __future__ import annotations

from workers import tasks
from workers.queues import HINT_LIFETIME_S, IO, JOBS, TWIN


def advance(job_id: str) -> None:
    """Hint that a job is due."""
    tasks.advance.apply_async((job_id,), queue=JOBS, expires=HINT_LIFETIME_S, retry=False)


def assimilate(project_id: str) -> None:
    """Hint that a project's twin is behind its evidence."""
    tasks.assimilate.apply_async((project_id,), queue=TWIN, expires=HINT_LIFETIME_S, retry=False)


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


def calibration_watch(credential_id: str) -> None:
    """Hint that a vendor should be asked whether its devices were calibrated."""
    tasks.calibration_watch.apply_async(
        (credential_id,), queue=IO, expires=HINT_LIFETIME_S, retry=False
    )
