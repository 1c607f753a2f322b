"""The distribution that is sampled, against the exact one and Braket's own run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import registry, systems
from backends.analog import emulator
from backends.analog.cost import kept_states
from backends.analog.program import program
from backends.schema import RunOptions
from tests.unit.backends.ahs.arrays import CHAIN, NAMES, SQUARE, exact, experiment, run
from tests.unit.backends.rydberg.arrays import SWEEP


@pytest.mark.parametrize("system", [CHAIN, SQUARE], ids=["chain", "square"])
def test_the_simulator_is_as_far_from_the_truth_as_it_says(system: dict[str, Any]) -> None:
    points = [[45.0]]
    names = (*NAMES, "entanglement_entropy", "return_probability")
    truth, errors = exact(system, points, *names), []
    for steps in (100, 200, 400):
        found = run(experiment(system, points, *names, steps=steps))
        errors.append(np.abs(found.values - truth))
        assert found.truncation_errors is not None
        assert (errors[-1] <= 1.5 * found.truncation_errors).all()
    assert (found.truncation_errors < 0.2 * np.maximum(1, np.abs(truth))).all()
    assert errors[2][0, 0] < 0.4 * errors[0][0, 0]


def test_a_blockade_leaves_out_only_what_hardly_occurs() -> None:
    system = {**SWEEP, "atoms": 7}
    asked = ("density", "staggered_density")
    whole = run(experiment(system, [[45.0]], *asked, steps=200))
    part = run(
        experiment(system, [[45.0]], *asked, "blockade_violation", steps=200, blockade_radius=6)
    )
    assert abs(part.values[0, 2]) < 1e-12
    rabi_over_coupling = 15 / (5.42e6 / 5.5**6)
    np.testing.assert_allclose(part.values[:, :2], whole.values, atol=2 * rabi_over_coupling)
    assert not np.allclose(part.values[:, :2], whole.values, atol=1e-6)


def test_brakets_own_run_draws_from_the_same_distribution() -> None:
    from braket.devices import LocalSimulator

    point, shots = np.array([20.0]), 3000
    array: Any = systems.load(CHAIN)
    state = emulator.final_state(array, point, steps=30, blockade_radius=0.0)
    task = LocalSimulator("braket_ahs").run(program(array, point, phase=-1), shots=shots, steps=30)
    seen = np.zeros(16)
    for shot in task.result().measurements:
        seen[sum(1 << q for q, bit in enumerate(shot.post_sequence) if bit == 0)] += 1
    expected = shots * np.abs(state) ** 2
    common = expected > 5
    squares = float(np.sum((seen - expected)[common] ** 2 / expected[common]))
    assert squares < common.sum() + 7 * np.sqrt(2 * common.sum())
    rare = expected[~common].sum()
    assert abs(seen[~common].sum() - rare) < 7 * np.sqrt(rare + 1)


def test_a_solver_that_gives_up_is_a_failure_of_its_point(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(emulator, "MOST_DENSE", 0)
    monkeypatch.setattr(emulator, "MOST_SUBSTEPS", 2)
    found = run(experiment(CHAIN, [[20.0], [30.0]], "density", steps=20))
    assert set(found.failures) == {0, 1}
    assert "no answer" in found.failures[0]
    assert np.isnan(found.values).all()


def test_the_two_solvers_of_braket_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    system = {**CHAIN, "atoms": 2, "spacing": 8.0, "observables": []}
    asked = experiment(system, [[20.0]], "density", "density_correlation", steps=60)
    dense = run(asked).values
    monkeypatch.setattr(emulator, "MOST_DENSE", 0)
    # ZVODE steps over the end of each piece and sees the drive of the next one there.
    np.testing.assert_allclose(run(asked).values, dense, atol=1e-3)


def test_nothing_moves_in_no_time() -> None:
    still = {**SWEEP, "state": {"kind": "evolved", "time": 0}}
    found = run(experiment(still, [[10.0]], "density", "return_probability"))
    np.testing.assert_array_equal(found.values, [[0, 1]])


def test_the_estimate_knows_what_decides_the_time() -> None:
    backend = registry.get("braket-ahs")

    def seconds(atoms: int, **settings: Any) -> float:
        asked = experiment({**SWEEP, "atoms": atoms}, [[20.0]], "density", **settings)
        return backend.estimate(asked, RunOptions()).seconds

    assert seconds(10) > 1.5 * seconds(9)
    assert seconds(7, steps=1000) > 3 * seconds(7)
    assert seconds(10, blockade_radius=6) < seconds(10) / 5


def test_the_blockade_keeps_the_states_without_near_pairs() -> None:
    """Of a chain those are the strings without two ones in a row: Fibonacci's numbers."""
    for atoms, states in ((3, 5), (6, 21), (10, 144)):
        array: Any = systems.load({**SWEEP, "atoms": atoms})
        assert kept_states(array, np.array([[0.0]]), 6.0) == states
        assert kept_states(array, np.array([[0.0]]), 0.0) == 2**atoms
