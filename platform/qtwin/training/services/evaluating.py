"""A policy is played: one episode written out, and the values of some more."""

from __future__ import annotations

import logging
from typing import Any

from backends.errors import ProgramRejected
from qtwin.projects.services import artifact_read
from qtwin.training.limits import MOST_CRASHES
from qtwin.training.models import Evaluation
from qtwin.training.services.lease import WorkLost, work_end
from qtwin.training.services.loading import world_load
from qtwin.training.states import State

log = logging.getLogger(__name__)


def evaluation_make(row: Evaluation) -> None:
    """Play a claimed evaluation.

    Raises:
        WorkLost: Somebody else has it; nothing was written then.
    """
    try:
        if row.crashes > MOST_CRASHES:
            raise ProgramRejected(f"{MOST_CRASHES} workers in a row died while they played it")
        answer = _played(row)
    except WorkLost:
        raise
    except ProgramRejected as error:
        work_end(row, State.FAILED, reason=str(error), field=error.field[:200])
    except Exception as error:  # worlds and policies are of other people
        log.warning("evaluation %s ended", row.pk, exc_info=error)
        reason = f"It cannot be played: {type(error).__name__}: {str(error)[:300]}"
        work_end(row, State.FAILED, reason=reason)
    else:
        work_end(row, State.DONE, answer=answer)


def _played(row: Evaluation) -> dict[str, Any]:
    from qtwin.worlds.episode import episode
    from qtwin.worlds.policies import read_policy
    from qtwin.worlds.policies.rollout import rollout
    from qtwin.worlds.transfer.intervals import student

    world = world_load(row.policy.world)
    policy = read_policy(artifact_read(row.policy.artifact), world)
    seed, truth = row.asked["seed"], row.asked["truth"]
    draw = row.asked["draw"]
    answer = episode(world, policy, seed=seed, truth=truth, draw=draw)
    if world.kind == "control":
        from qtwin.worlds.control.rollout import rollout_document

        known = None if truth == "nominal" else draw or 0
        found: Any = world
        answer |= rollout_document(found, policy, draw=known, seed=seed)
    count = row.asked["episodes"]
    if count > 1:
        values = rollout(world, policy, count, seed=seed, truth=truth).values[0]
        found = student(values)
        answer["episodes"] = {
            "count": count,
            "mean": found.value,
            "lower": found.lower,
            "upper": found.upper,
            "values": [float(value) for value in values],
        }
    return answer
