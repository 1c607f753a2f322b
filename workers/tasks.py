"""Tasks take an id, take one short fenced step, and never wait for anything remote."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

from celery import shared_task

from workers.hint import hinted


def owner() -> str:
    """Who holds a lease: host, process and one claim of it."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"


@shared_task(name="workers.advance")
@hinted
def advance(job_id: str) -> None:
    """Take one step of the job whose turn it is; does nothing when other workers have them all."""
    from workers.turn import take_turn  # needs the app registry, which loads after this module

    take_turn(job_id, owner=owner())


@shared_task(name="workers.assimilate")
@hinted
def assimilate(project_id: str) -> None:
    """Fit one project's twin; does nothing when it is up to date or being fitted."""
    from workers.fit import fit

    fit(project_id, owner=owner())


@shared_task(name="workers.campaign")
@hinted
def campaign(campaign_id: str) -> None:
    """Take the next step of one campaign; does nothing when another worker has it."""
    from workers.campaign import advance

    advance(campaign_id, owner=owner())


@shared_task(name="workers.reconcile")
@hinted
def reconcile(submission_id: str) -> None:
    """Look at a settled run's bill again; does nothing when that is not due."""
    from workers.reconcile import reconcile

    reconcile(submission_id)


@shared_task(name="workers.schedule")
@hinted
def schedule(schedule_id: str) -> None:
    """Start the campaign of one schedule; does nothing when another worker did."""
    from qtwin.campaigns.services import schedule_fire

    schedule_fire(schedule_id)


@shared_task(name="workers.archive")
@hinted
def archive(import_id: str) -> None:
    """Make a project of one archive; does nothing when another worker does."""
    from workers.archive import read

    read(import_id, owner=owner())


@shared_task(name="workers.credential_test")
@hinted
def credential_test(test_id: str) -> None:
    """Test one credential; does nothing when another worker does."""
    from workers.credential_test import make

    make(test_id)


@shared_task(name="workers.preview")
@hinted
def preview(preview_id: str) -> None:
    """Write out one system; does nothing when another worker does."""
    from workers.preview import make

    make(preview_id)


@shared_task(name="workers.classify")
@hinted
def classify(classifier_id: str) -> None:
    """Compare classifiers; does nothing when another worker does."""
    from workers.training import classify

    classify(classifier_id, owner=owner())


@shared_task(name="workers.calibration_watch")
@hinted
def calibration_watch(credential_id: str) -> None:
    """Have a vendor asked for its devices; does nothing when it was asked lately."""
    from workers.calibration import watch

    watch(credential_id)


@shared_task(name="workers.webhook_feed")
@hinted
def webhook_feed(feed_id: str) -> None:
    """Turn new events into what is to be sent to webhooks; makes nothing twice."""
    from workers.webhook import read

    read()


@shared_task(name="workers.webhook")
@hinted
def webhook(webhook_id: str) -> None:
    """Send what is due to one webhook; does nothing when another worker does."""
    from workers.webhook import deliver

    deliver(webhook_id)


@shared_task(name="workers.erase")
@hinted
def erase(rule_id: str) -> None:
    """Erase some of what one rule lets go; others may do so at the same time."""
    from workers.retention import erase

    erase(rule_id)


@shared_task(name="workers.world")
@hinted
def world(world_id: str) -> None:
    """Make one world; does nothing when another worker does."""
    from workers.training import make

    make(world_id, owner=owner())


@shared_task(name="workers.train")
@hinted
def train(run_id: str) -> None:
    """Train one run; does nothing when another worker does."""
    from workers.training import train

    train(run_id, owner=owner())


@shared_task(name="workers.evaluate")
@hinted
def evaluate(evaluation_id: str) -> None:
    """Play one policy; does nothing when another worker does."""
    from workers.training import evaluate

    evaluate(evaluation_id, owner=owner())


@shared_task(name="workers.report")
@hinted
def report(report_id: str) -> None:
    """Go on with one transfer report; does nothing when another worker does."""
    from workers.training import report

    report(report_id, owner=owner())


@shared_task(name="workers.loop")
@hinted
def loop(loop_id: str) -> None:
    """Take one step of one loop; does nothing when another worker does."""
    from workers.training import loop

    loop(loop_id, owner=owner())
