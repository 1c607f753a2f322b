"""Train a policy in a world.

A generation: the optimiser asks for P candidates; these and its favourite play the same E episodes
(common random numbers); it is told the mean returns. At the end the favourite, the best candidate
and the start play episodes that no candidate was trained on, and the best of them is the policy.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from qtwin.worlds.base import World
from qtwin.worlds.learners.budget import Budget
from qtwin.worlds.learners.document import DEEP, SWEEP, Plan, read_plan
from qtwin.worlds.learners.generations import Generations
from qtwin.worlds.learners.training import Progress, Training
from qtwin.worlds.learners.truths import START
from qtwin.worlds.policies.architecture import architecture_for
from qtwin.worlds.policies.policy import Policy, Provenance, world_digest


def train(
    world: World,
    learner: Mapping[str, Any],
    *,
    seed: int,
    budget: Mapping[str, Any],
    on_progress: Progress | None = None,
    checkpoint: bytes | None = None,
    start: Policy | None = None,
    twin_version: str = "",
) -> Training:
    """Train until the budget is used up, or nothing is left to do.

    The same for the same arguments, bit for bit, but for the seconds; with a checkpoint the same as
    without an interruption.

    Args:
        learner: Its kind, the policy's shape and its hyperparameters, see ``document``.
        seed: From 0.
        budget: ``{"evaluations": episodes, "seconds": s}``, one of them at least. No generation is
            begun that would go beyond.
        on_progress: Called after each generation.
        checkpoint: From which to go on.
        start: Policy from which to start, whose shape is kept; the plan's shape is not used then.
        twin_version: For the provenance.

    Raises:
        ProgramRejected: The learner's document or the budget is wrong, with the field; or the
            learner's package is not installed.
        ValueError: The start does not fit the world, or the checkpoint is of another training.
    """
    plan = read_plan(learner)
    began = policy_at_start(world, plan, seed, start)
    provenance = Provenance(
        world=world_digest(world),
        world_kind=world.kind,
        twin_version=twin_version,
        learner=plan.to_dict(),
        seed=seed,
    )
    policy, limits = replace(began, provenance=provenance), Budget.read(budget)
    tell = on_progress or (lambda row, checkpoint: None)
    if plan.kind in DEEP:
        from qtwin.worlds.learners.deep import learn

        return learn(world, plan, policy, limits, checkpoint=checkpoint, on_progress=tell)
    generations = Generations.of(world, plan, policy, limits, checkpoint)
    return generations.run(tell, time.monotonic)


def policy_at_start(world: World, plan: Plan, seed: int, start: Policy | None) -> Policy:
    """The policy that training starts from.

    Raises:
        ValueError: The one that was given does not fit the world.
    """
    if start is not None:
        start.check_fits(world)
        return start
    if plan.start == SWEEP:
        from qtwin.worlds.control.world import ControlWorld
        from qtwin.worlds.policies.schedules import sweep

        if not isinstance(world, ControlWorld):
            raise ProgramRejected(f"sweep in a {world.kind} world; allowed: plain", field="/start")
        return sweep(world)
    architecture = architecture_for(world, plan.policy)
    rng = np.random.default_rng([seed, START])
    return Policy(architecture=architecture, parameters=architecture.start(rng))
