"""A run trains: from its last checkpoint to its budget, and leaves its policy, once."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.db import transaction

from backends.errors import BackendError, ProgramRejected
from qtwin.projects.services import artifact_note, artifact_read, artifact_store
from qtwin.training.limits import CHECKPOINT_BYTES, MOST_CRASHES
from qtwin.training.models import Checkpoint, CurveRow, Policy, TrainingRun
from qtwin.training.services.lease import (
    WorkLost,
    work_end,
    work_keep,
    work_tell,
    work_wants_cancel,
)
from qtwin.training.services.loading import world_load
from qtwin.training.services.policy import policy_keep
from qtwin.training.states import State

if TYPE_CHECKING:
    from qtwin.worlds.learners.curve import Row
    from qtwin.worlds.learners.training import Training

log = logging.getLogger(__name__)
CHECKPOINT = "checkpoint"
EVERY_S = 5.0
"""Between two checkpoints at least: a worker that dies loses so much work at most, and one step."""
TELL_S = 1.0
"""Between two events of progress at least."""


class _Cancelled(Exception):
    """Somebody asked for the end."""


def run_train(run: TrainingRun) -> None:
    """Train a claimed run to its end.

    Raises:
        WorkLost: Somebody else has it; nothing was written then.
    """
    try:
        if run.crashes > MOST_CRASHES:
            raise ProgramRejected(
                f"{MOST_CRASHES} workers in a row died with it before it came further"
            )
        trained = _trained(run)
        _keep_policy(run, trained)
    except _Cancelled:
        work_end(run, State.CANCELLED, reason="It was cancelled.")
    except WorkLost:
        raise
    except ProgramRejected as error:
        work_end(run, State.FAILED, reason=str(error), field=_place(error.field))
    except BackendError as error:
        work_end(run, State.FAILED, reason=str(error))
    except Exception as error:  # learners are other people's packages
        log.warning("training run %s ended", run.pk, exc_info=error)
        reason = f"It cannot be trained: {type(error).__name__}: {str(error)[:300]}"
        work_end(run, State.FAILED, reason=reason)


def _place(field: str) -> str:
    """A pointer into the request; the budget's parts are members of it."""
    if field.startswith("/budget"):
        return field.removeprefix("/budget") or "/evaluations"
    return f"/learner{field}"[:200]


def _trained(run: TrainingRun) -> Training:
    from qtwin.worlds.learners.train import train

    if run.world.state != State.DONE:
        raise ProgramRejected(f"the world is {run.world.state}: {run.world.reason}")
    limits = {"evaluations": run.evaluations, "seconds": run.seconds}
    version = run.world.twin_version
    last = run.checkpoints.select_related("artifact").order_by("-number").first()
    keeper = _Keeper(run, last)
    return train(
        world_load(run.world),
        run.learner,
        seed=run.seed,
        budget={name: value for name, value in limits.items() if value is not None},
        on_progress=keeper,
        checkpoint=None if last is None else artifact_read(last.artifact),
        twin_version="" if version is None else str(version.number),
    )


class _Keeper:
    """Keeps what a learner says after each generation, and whether it may go on."""

    def __init__(self, run: TrainingRun, last: Checkpoint | None) -> None:
        self._run = run
        self._rows = 0 if last is None else last.rows
        self._checkpoints = 0 if last is None else last.number + 1
        self._kept_at = self._told_at = time.monotonic()
        with transaction.atomic():
            work_keep(run)  # nobody else may take rows away
            CurveRow.objects.filter(run=run, number__gte=self._rows).delete()

    def __call__(self, row: Row, checkpoint: bytes) -> bool:
        """Write a row, and now and then a checkpoint.

        Raises:
            WorkLost: Somebody else has the run.
        """
        run, now = self._run, time.monotonic()
        keeps = bool(checkpoint) and now - self._kept_at >= EVERY_S
        stored = None
        if keeps and len(checkpoint) <= CHECKPOINT_BYTES:
            stored = artifact_store(kind=CHECKPOINT, data=checkpoint)
        with transaction.atomic():
            work_keep(run, used=row.evaluations, seconds_used=row.seconds, best=row.best)
            CurveRow.objects.create(run=run, number=self._rows, **row.to_dict())
            self._rows += 1
            if stored is not None:
                Checkpoint.objects.create(
                    run=run,
                    number=self._checkpoints,
                    evaluations=row.evaluations,
                    seconds=row.seconds,
                    rows=self._rows,
                    artifact=artifact_note(project=run.world.project, stored=stored),
                )
                work_keep(run, crashes=0)
                self._checkpoints, self._kept_at = self._checkpoints + 1, now
            if now - self._told_at >= TELL_S:
                work_tell(run, "progress", evaluations=row.evaluations, best=row.best)
                self._told_at = now
        if work_wants_cancel(run):
            raise _Cancelled
        return True


@transaction.atomic
def _keep_policy(run: TrainingRun, trained: Training) -> Policy:
    """The policy and the word that it is done are one transaction: there is never another one."""
    from qtwin.worlds.policies import dump_policy

    facts: dict[str, Any] = {
        "policy": trained.policy.kind,
        "parameters": int(trained.policy.architecture.size),
        "shape": trained.policy.architecture.shape(),
        "stopped": trained.stopped,
        "choice": dict(trained.choice),
        "learner": dict(trained.policy.provenance.learner),
        "seed": run.seed,
    }
    policy = policy_keep(
        world=run.world,
        run=run,
        name=run.name or str(run.learner["kind"]),
        kind=trained.policy.kind,
        data=dump_policy(trained.policy),
        facts=facts,
        twin_version=run.world.twin_version,
        by=run.created_by,
    )
    work_end(
        run,
        State.DONE,
        reason=trained.stopped,
        used=trained.evaluations,
        seconds_used=trained.seconds,
    )
    return policy
