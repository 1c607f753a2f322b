"""Training runs: asked for, and what a worker keeps of them."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from backends.errors import ProgramRejected
from qtwin.accounts.acting import token_by
from qtwin.accounts.models import User
from qtwin.accounts.services import audit_record
from qtwin.training import dispatch
from qtwin.training.documents import check_learner
from qtwin.training.limits import MOST_EVALUATIONS, MOST_OPEN_RUNS, MOST_SECONDS
from qtwin.training.models import TrainingRun, World
from qtwin.training.services.lease import work_tell
from qtwin.training.services.spending import run_reserve
from qtwin.training.services.world import NotReady, TooMany
from qtwin.training.states import OPEN, State

SEED_BITS = 31


@transaction.atomic
def run_create(
    *,
    world: World,
    learner: Mapping[str, Any],
    by: User | None,
    name: str = "",
    seed: int | None = None,
    evaluations: int | None = None,
    seconds: float | None = None,
) -> TrainingRun:
    """Record a run; a worker trains.

    Args:
        learner: Its kind and hyperparameters.
        seed: Drawn where none is given.
        evaluations: Episodes at most.
        seconds: On the worker at most; one of the two budgets is needed.

    Raises:
        ProgramRejected: Its field points at what is wrong.
        NotReady: The world was refused, or hidden.
        TooMany: Others of the team have not ended.
        SpendingRefused: A budget of seconds has too little left.
    """
    check_learner(learner)
    budget_check(evaluations, seconds)
    if world.state in {State.FAILED, State.CANCELLED}:
        raise NotReady(f"the world is {world.state}: {world.reason}")
    under_way = TrainingRun.objects.filter(
        world__project__team=world.project.team, state__in=OPEN
    ).count()
    if under_way >= MOST_OPEN_RUNS:
        raise TooMany(
            f"{under_way} training runs of the team have not ended; allowed: {MOST_OPEN_RUNS}"
        )
    run = TrainingRun.objects.create(
        world=world,
        name=name,
        learner=dict(learner),
        seed=secrets.randbits(SEED_BITS) if seed is None else seed,
        evaluations=evaluations,
        seconds=seconds,
        created_by=by,
        token=token_by(by),
    )
    run_reserve(run)
    work_tell(run, "state", State.QUEUED)
    audit_record(
        action="training.create", user=by, team=world.project.team, target=f"training:{run.pk}"
    )
    transaction.on_commit(partial(dispatch.hint, run))
    return run


def budget_check(evaluations: int | None, seconds: float | None) -> None:
    """Refuse a run without a budget, or with more than is allowed.

    Raises:
        ProgramRejected: Its field is ``/evaluations`` or ``/seconds``.
    """
    if evaluations is None and seconds is None:
        raise ProgramRejected("needed: evaluations or seconds", field="/evaluations")
    if evaluations is not None and not 1 <= evaluations <= MOST_EVALUATIONS:
        raise ProgramRejected(
            f"{evaluations}; allowed: 1 to {MOST_EVALUATIONS}", field="/evaluations"
        )
    if seconds is not None and not (math.isfinite(seconds) and 0.0 < seconds <= MOST_SECONDS):
        raise ProgramRejected(
            f"{seconds!r}; allowed: above 0, at most {MOST_SECONDS:g}", field="/seconds"
        )
