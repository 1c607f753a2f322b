"""Steps of a control world's environments: batched, one at a time, and beside QuTiP.

Seven atoms, 2 us, eight steps an episode, each with its own schedule and its own truth. What is
timed is all that an agent waits for: knots, evolution, shots and observations. QuTiP solves the
same trajectories, and draws no shots. CPU seconds of this process; the median of alternating
rounds counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qtwin.worlds.control.space import Knots
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.documents import load
from qtwin.worlds.posterior import Posterior
from tests.benchmarks.by_qutip import Drive, Solver, seconds
from tests.benchmarks.conftest import Bar

ROWS, ALONE, SOLVED, ROUNDS = 256, 3, 4, 9
DOCUMENT: dict[str, Any] = {
    "kind": "control",
    "schema_version": 1,
    "system": {
        "kind": "rydberg_array", "schema_version": 1, "geometry": "chain", "atoms": 7,
        "spacing": 6.1,
    },
    "schedule": {
        "duration": 2.0,
        "segments": 8,
        "controls": {
            "rabi": {"lower": 0, "upper": 15.8, "ends": [0, 0]},
            "detuning": {"lower": -30, "upper": 50},
        },
    },
    "goal": {"measure": "z2_probability"},
}  # fmt: skip
NAMES = ("rabi_scale", "detuning_offset", "false_excited", "false_ground")
UNITS = ("dimensionless", "rad/us", "dimensionless", "dimensionless")


def world(**said: Any) -> ControlWorld:
    """With a posterior of calibration and readout."""
    rng = np.random.default_rng(0)
    nominal = np.array([1.0, 0.0, 0.01, 0.08])
    draws = nominal + np.array([0.02, 0.5, 0, 0]) * rng.standard_normal((500, 4))
    posterior = Posterior(names=NAMES, units=UNITS, draws=draws, nominal=nominal)
    found = load({**DOCUMENT, **said}, posterior)
    assert isinstance(found, ControlWorld)
    return found


def episode(environment: Any, actions: Any) -> dict[str, Any]:
    """What the last step tells beside the truths."""
    _, facts = environment.reset(seed=0)
    began = facts["truth"]
    for action in actions:
        *_, facts = environment.step(action)
    return {**facts, "truth": began}


def finals(of: ControlWorld, facts: dict[str, Any]) -> Any:
    """Final states of the first environments."""
    knots = Knots(facts["times"][:SOLVED], facts["schedule"][:SOLVED])
    keys = np.zeros(SOLVED, dtype=np.uint64)
    return of.simulator.states(knots, facts["truth"][:SOLVED], keys)[:, 0]


def by_qutip(of: ControlWorld, facts: dict[str, Any]) -> Solver:
    """The first environments' trajectories."""
    names, drives = of.schedules.names, []
    for row in range(SOLVED):
        knots = dict(zip(names, facts["schedule"][row].T, strict=True))
        truth = dict(zip(of.parameters, facts["truth"][row], strict=True))
        drives.append(
            Drive(
                facts["times"][row],
                truth["rabi_scale"] * knots["rabi"],
                knots["detuning"] + truth["detuning_offset"],
            )
        )
    return Solver(of.simulator.dynamics.model.diagonals, drives)


@pytest.mark.parametrize("precision", ["single", "double"])
def test_environment_steps(precision: str, bar: Bar, capsys: pytest.CaptureFixture[str]) -> None:
    mine = world() if precision == "single" else world(precision=precision)
    assert mine.precision == precision
    actions = np.random.default_rng(1).uniform(-1, 1, (mine.steps, ROWS, 2)).astype(np.float32)
    batch, one = mine.vector(ROWS), mine.environment()
    facts = episode(batch, actions)
    exact = finals(world(tolerance=1e-9), facts)
    ours = float(np.linalg.norm(finals(mine, facts) - exact, axis=1).max())
    qutips = by_qutip(mine, facts)
    method, demand, error = qutips.soonest(exact[:2], ours)
    episode(one, actions[:, 0])
    rounds = [
        (
            seconds(lambda: episode(batch, actions)) / ROWS,
            seconds(lambda: [episode(one, actions[:, row]) for row in range(ALONE)]) / ALONE,
            seconds(lambda: qutips.states(SOLVED, method, demand)) / SOLVED,
        )
        for _ in range(ROUNDS)
    ]
    took, alone, theirs = np.median(rounds, axis=0)
    slower, qutip_slower = np.median([(a / b, q / b) for b, a, q in rounds], axis=0)
    with capsys.disabled():
        print(  # noqa: T201
            f"\nControl world, {precision} precision, {mine.simulator.substeps} substeps a piece: "
            f"error {ours:.1e}, {mine.steps / took:.0f} steps/s in a batch of {ROWS} "
            f"({1e3 * took:.2f} ms an episode), {mine.steps / alone:.0f} steps/s alone "
            f"({1e3 * alone:.1f} ms)\nQuTiP {method}, rtol {demand:.0e}: error {error:.1e}, "
            f"{1e3 * theirs:.1f} ms an episode"
        )
    bar(f"13 world {precision}", slower, note=f"{mine.steps / took:.0f} steps/s")
    bar(f"QuTiP world {precision}", qutip_slower, note=f"{method}, rtol {demand:.0e}")
