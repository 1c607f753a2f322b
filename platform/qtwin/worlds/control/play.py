"""Whole schedules played without an agent, and the schedules that an agent writes.

``B`` schedules, ``P`` parameters, ``T`` trajectories of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.noise import mixed
from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.control.simulator import Prepared
from qtwin.worlds.control.space import Knots
from qtwin.worlds.control.world import ControlWorld

if TYPE_CHECKING:
    from qtwin.worlds.policies.policy import Policy

Schedules = Schedule | Sequence[Schedule] | Knots
Parameters: TypeAlias = "Mapping[str, ArrayLike] | FloatArray | None"


def play(
    world: ControlWorld, schedules: Schedules, parameters: Parameters = None, *, seed: int = 0
) -> FloatArray:
    """True values of the goal, shape ``(B,)``, as of `prepare`."""
    return prepare(world, schedules, parameters, seed=seed).values


def prepare(
    world: ControlWorld, schedules: Schedules, parameters: Parameters = None, *, seed: int = 0
) -> Prepared:
    """What schedules prepare under some truths.

    Args:
        schedules: One or more with equally many knots; one goes with each of many truths. They
            need not be what an agent of the world could write, but have its controls.
        parameters: By name, numbers or arrays ``(B,)``, the others nominal; or all of them, shape
            ``(P,)`` or ``(B, P)``; None makes all nominal. One truth goes with each schedule.
        seed: Of noise that differs from shot to shot.

    Raises:
        ValueError: Schedules or parameters do not fit the world, or each other.
    """
    knots = knots_of(world, schedules)
    truths = truths_of(world, parameters)
    rows = max(len(knots.times), len(truths))
    if {len(knots.times), len(truths)} - {1, rows}:
        raise ValueError(
            f"{len(knots.times)} schedules with {len(truths)} truths; allowed: equally many, or "
            "one of either"
        )
    if len(truths) < rows:
        truths = np.tile(truths, (rows, 1))
    if len(knots.times) < rows:
        knots = Knots(*(np.repeat(array, rows, axis=0) for array in knots))
    keys = mixed(np.arange(rows, dtype=np.uint64) + mixed(np.array([seed], dtype=np.uint64)))
    return world.simulator.run(knots, truths, keys)


def schedule_of(
    world: ControlWorld, policy: Policy, *, draw: int | None = None, seed: int = 0
) -> Schedule:
    """What a policy writes in the last round of an episode.

    Args:
        draw: Number of the truth; None is the nominal one.
        seed: Of the episode.

    Raises:
        ValueError: The policy does not fit the world, or there is no such draw.
    """
    policy.check_fits(world)
    environment = world.environment()
    options = {"truth": "nominal"} if draw is None else {"truth": "posterior", "draws": [draw]}
    seen, _ = environment.reset(seed=seed, options=options)
    for step in range(world.steps):
        action = policy.act(np.asarray(seen, dtype=np.float64)[None, :], step)[0]
        seen, _, _, _, facts = environment.step(action.astype(np.float32))
    return world.schedules.schedule(Knots(facts["times"][None], facts["schedule"][None]))


def knots_of(world: ControlWorld, schedules: Schedules) -> Knots:
    """Schedules as arrays, in the order of the world's controls.

    Raises:
        ValueError: They have other controls, or not equally many knots.
    """
    if isinstance(schedules, Knots):
        return schedules
    listed = [schedules] if isinstance(schedules, Schedule) else list(schedules)
    names = world.schedules.names
    for one in listed:
        if set(one.values) != set(names):
            raise ValueError(f"a schedule of {', '.join(one.values)}; allowed: {', '.join(names)}")
    if len({len(one.times) for one in listed}) != 1:
        raise ValueError("schedules differ in their numbers of knots; allowed: equally many")
    tables = [np.stack([one.values[name] for name in names], axis=1) for one in listed]
    return Knots(np.stack([one.times for one in listed]), np.stack(tables))


def truths_of(world: ControlWorld, parameters: Parameters) -> FloatArray:
    """Parameters as an array of shape ``(B, P)``.

    Raises:
        ValueError: A name is unknown, or the shape wrong.
    """
    truths = world.truths
    if parameters is None:
        return truths.nominal[None]
    if not isinstance(parameters, Mapping):
        table = np.atleast_2d(np.asarray(parameters, dtype=np.float64))
        truths.check(table)
        return table
    if unknown := [name for name in parameters if name not in truths.names]:
        raise ValueError(f"parameter {unknown[0]!r}; allowed: {', '.join(truths.names)}")
    values = [
        np.atleast_1d(np.asarray(parameters.get(name, nominal), dtype=np.float64))
        for name, nominal in zip(truths.names, truths.nominal, strict=True)
    ]
    table = np.stack(np.broadcast_arrays(*values), axis=1)
    truths.check(table)
    return table
