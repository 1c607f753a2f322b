"""One episode as a document that a page can draw: controls, densities and the goal over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.noise import mixed
from qtwin.worlds.control.play import knots_of, schedule_of
from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.control.world import ControlWorld

if TYPE_CHECKING:
    from qtwin.worlds.policies.policy import Policy

FRAMES = 120
MOST_OUTCOMES = 1000


def rollout_document(
    world: ControlWorld,
    acts: Policy | Schedule,
    *,
    draw: int | None = None,
    seed: int = 0,
    frames: int = FRAMES,
) -> dict[str, Any]:
    """Play one schedule, or the one that a policy writes, and look at the system all the time.

    Args:
        draw: Number of the truth; None is the nominal one.
        seed: Of noise and shots.
        frames: About how many times there are.

    Returns:
        Plain JSON: ``times``; ``controls`` by name, at the times; ``units`` of the controls and of
        ``time``; ``densities``, the probability of 1 of each qubit at each time; ``value``, the
        goal at each time; ``outcomes``, the bit strings of single shots, qubit 0 rightmost, as
        detectors read them, up to 1000; their ``counts``, of all shots; ``truth`` by parameter.

    Raises:
        ValueError: There is no such draw, or the policy does not fit the world.
    """
    count = len(world.truths.draws)
    if draw is not None and not 0 <= draw < count:
        raise ValueError(f"draw is {draw}; allowed: 0 to {count - 1}")
    schedule = (
        acts if isinstance(acts, Schedule) else schedule_of(world, acts, draw=draw, seed=seed)
    )
    truth = world.truths.nominal if draw is None else world.truths.draws[draw]
    knots, keys = knots_of(world, schedule), mixed(np.array([seed], dtype=np.uint64))
    cuts = max(1, round(frames / (len(schedule.times) - 1)))
    states = world.simulator.states(knots, truth[None], keys, every=True, cuts=cuts)
    parts, edges, size = states.shape
    times = _times(schedule, cuts)
    chances = (np.abs(states) ** 2).mean(axis=0)
    values = world.goal.values(states.reshape(-1, size)).reshape(parts, edges).mean(axis=0)
    shots = _shots(world, world.simulator.run(knots, truth[None], keys).chances[0], seed)
    units = {name: world.driven.units[name] for name in schedule.values}
    return {
        "times": times.tolist(),
        "controls": {name: at.tolist() for name, at in schedule.at(times).items()},
        "units": {**units, "time": world.driven.time_unit},
        "densities": (chances @ world.layout.bits).tolist(),
        "value": values.tolist(),
        "outcomes": shots[:MOST_OUTCOMES],
        "counts": {bits: shots.count(bits) for bits in sorted(set(shots))},
        "truth": dict(zip(world.parameters, truth.tolist(), strict=True)),
    }


def _times(schedule: Schedule, cuts: int) -> FloatArray:
    steps = np.diff(schedule.times)
    parts = [schedule.times[:-1] + share * steps for share in np.arange(cuts) / cuts]
    return np.append(np.stack(parts, axis=1).reshape(-1), schedule.times[-1])


def _shots(world: ControlWorld, chances: FloatArray, seed: int) -> list[str]:
    """Bit strings of the world's shots, in the order in which they were taken."""
    rng, qubits = np.random.default_rng(seed), world.driven.qubits
    rows = np.arange(world.shots) % len(chances)
    edges = np.cumsum(chances, axis=1)[rows]
    drawn = rng.random(world.shots) * edges[:, -1]
    return [f"{int(state):0{qubits}b}" for state in (edges <= drawn[:, None]).sum(axis=1)]
