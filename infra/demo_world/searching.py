"""The same schedule by an evolution strategy, which needs no gradient, only the world's rewards."""

from __future__ import annotations

from infra.demo_world.chain import Chain
from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.learners.train import train
from qtwin.worlds.policies.architecture import OpenLoop
from qtwin.worlds.policies.policy import Policy

LEARNER = {
    "kind": "cma_es",
    "policy": {"kind": "open_loop"},
    "truths": "nominal",
    "episodes": 2,
    "held_out": 2,
    "sigma": 0.15,
}


def searched(chain: Chain, linear: Schedule, seed: int, *, episodes: int) -> Schedule:
    """What CMA-ES makes of the linear sweep, on the nominal model."""
    space = chain.world.schedules
    actions = space.actions(linear)
    start = Policy(
        architecture=OpenLoop(steps=actions.shape[0], actions=actions.shape[1]),
        parameters=actions.reshape(-1),
    )
    found = train(
        chain.world, LEARNER, seed=seed, budget={"evaluations": episodes}, start=start
    ).policy
    return space.schedule(space.knots(found.parameters.reshape(1, *actions.shape)))
