"""Schedules of a control world as policies that look at nothing."""

from __future__ import annotations

import numpy as np

from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.policies.architecture import OpenLoop
from qtwin.worlds.policies.policy import Policy, Provenance, world_digest


def policy_of(world: ControlWorld, schedule: Schedule, made: str) -> Policy:
    """The policy that writes a schedule in every round, as near as the world's knots can.

    Args:
        made: How it came about, for its provenance.
    """
    actions = np.tile(world.schedules.actions(schedule), (world.rounds, 1))
    return Policy(
        architecture=OpenLoop(steps=world.steps, actions=actions.shape[1]),
        parameters=np.ascontiguousarray(actions, dtype=np.float64).ravel(),
        provenance=Provenance(
            world=world_digest(world), world_kind=world.kind, training={"made": made}
        ),
    )


def sweep(world: ControlWorld) -> Policy:
    """The linear sweep of the world's duration as a policy: what a trained one must beat."""
    return policy_of(world, world.schedules.sweep(), "linear sweep")
