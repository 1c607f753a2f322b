"""Tasks take an id, take one short fenced step, and never wait for anything remote."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

from celery import shared_task


def owner() -> str:
    """Who holds a lease: host, process and one claim of it."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"


@shared_task(name="workers.advance")
def advance(job_id: str) -> None:
    """Take one step of the job whose turn it is; does nothing when other workers have them all."""
    from workers.turn import take_turn  # needs the app registry, which loads after this module

    take_turn(job_id, owner=owner())


@shared_task(name="workers.assimilate")
def assimilate(project_id: str) -> None:
    """Fit one project's twin; does nothing when it is up to date or being fitted."""
    from workers.fit import fit

    fit(project_id, owner=owner())


@shared_task(name="workers.campaign")
def campaign(campaign_id: str) -> None:
    """Take the next step of one campaign; does nothing when another worker has it."""
    from workers.campaign import advance

    advance(campaign_id, owner=owner())


@shared_task(name="workers.reconcile")
def reconcile(submission_id: str) -> None:
    """Look at a settled run's bill again; does nothing when that is not due."""
    from workers.reconcile import reconcile

    reconcile(submission_id)


@shared_task(name="workers.schedule")
def schedule(schedule_id: str) -> None:
    """Start the campaign of one schedule; does nothing when another worker did."""
    from qtwin.campaigns.services import schedule_fire

    schedule_fire(schedule_id)


@shared_task(name="workers.archive")
def archive(import_id: str) -> None:
    """Make a project of one archive; does nothing when another worker does."""
    from workers.archive import read

    read(import_id, owner=owner())


@shared_task(name="workers.credential_test")
def credential_test(test_id: str) -> None:
    """Test one credential; does nothing when another worker does."""
    from workers.credential_test import make

    make(test_id)


@shared_task(name="workers.calibration_watch")
def calibration_watch(credential_id: str) -> None:
    """Have a vendor asked for its devices; does nothing when it was asked lately."""
    from workers.calibration import watch

    watch(credential_id)
