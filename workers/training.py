"""What worlds want of workers: to be made, to be trained in, to be played in, to be reported on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from qtwin.training.models import (
    Classifier,
    Evaluation,
    Loop,
    TrainingRun,
    TransferReport,
    World,
)
from qtwin.training.services import WorkLost, work_claim, work_renew
from qtwin.training.services.classifying import classifier_make
from qtwin.training.services.evaluating import evaluation_make
from qtwin.training.services.looping import loop_advance
from qtwin.training.services.making import world_make
from qtwin.training.services.reporting import report_advance
from qtwin.training.services.training import run_train
from workers.heartbeat import heartbeat

log = logging.getLogger(__name__)
PEOPLE = ("created_by", "token")


def make(world_id: str, *, owner: str) -> None:
    """Make one world."""
    rows = World.objects.select_related(
        "project__team", "twin_version", "held_out_version", *PEOPLE
    )
    _take(rows, world_id, owner, world_make)


def train(run_id: str, *, owner: str) -> None:
    """Train one run to its end."""
    rows = TrainingRun.objects.select_related(
        "world__project__team", "world__twin_version", "world__posterior", *PEOPLE
    )
    _take(rows, run_id, owner, run_train)


def evaluate(evaluation_id: str, *, owner: str) -> None:
    """Play one policy."""
    rows = Evaluation.objects.select_related(
        "policy__artifact", "policy__world__project__team", "policy__world__posterior", *PEOPLE
    )
    _take(rows, evaluation_id, owner, evaluation_make)


def report(report_id: str, *, owner: str) -> None:
    """Go on with one report, as far as it goes now."""
    rows = TransferReport.objects.select_related(
        "policy__artifact", "world__project__team", "world__posterior", "job", *PEOPLE
    )
    _take(rows, report_id, owner, report_advance)


def classify(classifier_id: str, *, owner: str) -> None:
    """Compare classifiers."""
    rows = Classifier.objects.select_related("project__team", *PEOPLE)
    _take(rows, classifier_id, owner, classifier_make)


def loop(loop_id: str, *, owner: str) -> None:
    """Take one step of one loop."""
    rows = Loop.objects.select_related("world__project__team", *PEOPLE)
    _take(rows, loop_id, owner, loop_advance)


def _take(rows: QuerySet[Any], work_id: str, owner: str, do: Callable[[Any], None]) -> None:
    """Claim it, do it, and keep the lease meanwhile."""
    lease_s = float(settings.JOB_LEASE_S)
    work = work_claim(rows, work_id, owner=owner, lease_s=lease_s)
    if work is None:
        return
    try:
        with heartbeat(lambda: work_renew(work, lease_s=lease_s), every_s=lease_s / 4):
            do(work)
    except WorkLost as lost:
        log.warning("dropped %s: %s", type(work).__name__, lost)
