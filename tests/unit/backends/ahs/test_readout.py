"""Shots: their bits, errors and observables."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from backends import registry, systems
from backends.analog import emulator
from backends.errors import ProgramRejected
from backends.schema import RunOptions
from tests.unit.backends.ahs.arrays import CHAIN, exact, experiment, run
from tests.unit.backends.rydberg.arrays import SWEEP


def test_shots_scatter_by_their_errors_and_seeds_repeat_them() -> None:
    names = ("density", "density_correlation", "staggered_squared", "z2", "energy")
    """At a distance at which no outcome is rare, so that errors are close to normal."""
    system = {
        **CHAIN,
        "atoms": 2,
        "spacing": 9.0,
        "observables": [{"name": "z2", "bitstring": "01"}],
    }
    asked = experiment(system, [[20.0]], *names, steps=20)
    truth = run(asked).values
    scores = []
    for seed in range(40):
        found = run(asked, shots=400, seed=seed)
        scores.append(((found.values - truth) / found.std_errors)[0])
    spread = np.std(scores, axis=0)
    assert (np.abs(np.mean(scores, axis=0)) < 4 / np.sqrt(40)).all()
    assert (spread > 0.65).all()
    assert (spread < 1.35).all()
    again = run(asked, shots=400, seed=39)
    np.testing.assert_array_equal(again.values, found.values)
    assert sum(again.raw[0]["counts"].values()) == 400
    assert again.mixed_values is None


def test_each_bit_is_that_of_its_atom() -> None:
    """Two near atoms and one far away, which alone goes up and down without a blockade."""
    system = {
        **SWEEP, "geometry": "custom", "positions": [[0, 0], [5.6, 0], [20, 0]], "rabi": 5.0,
        "detuning": "final", "site_densities": True,
        "observables": [{"name": "near", "bitstring": "001"}, {"name": "far", "bitstring": "100"}],
        "state": {"kind": "evolved", "time": 0.6},
    }  # fmt: skip
    del system["atoms"], system["spacing"]
    names = ("density_0", "density_2", "near", "far")
    asked = experiment(system, [[0.0], [3.0]], *names, limits="none", steps=40)
    found, wanted = run(asked, shots=20_000, seed=3), exact(system, [[0.0], [3.0]], *names)
    assert (np.abs(found.values - wanted) < 5 * found.std_errors + 0.01).all()
    assert (wanted[:, 1] - wanted[:, 0] > 0.1).all()
    assert (np.abs(wanted[:, 3] - wanted[:, 2]) > 0.1).all()


def test_readout_errors_flip_each_bit_on_its_own() -> None:
    """Against the Kronecker product of the two-by-two matrices of the four atoms."""
    low, high = 0.03, 0.11
    names = ("density", "density_correlation", "z2", "blockade_violation")
    flipped = experiment(CHAIN, [[20.0]], *names, steps=40, readout_error=[low, high])
    array: Any = systems.load(CHAIN)
    state = emulator.final_state(array, np.array([20.0]), steps=40, blockade_radius=0.0)
    one = np.array([[1 - low, high], [low, 1 - high]])
    chances = np.kron(np.kron(np.kron(one, one), one), one) @ np.abs(state) ** 2
    bits = np.arange(16)[:, None] >> np.arange(4) & 1
    both = bits[:, 1:] & bits[:, :-1]
    measured = np.array(
        [bits.mean(axis=1), both.mean(axis=1), np.arange(16) == 0b0101, both.any(axis=1)]
    )
    limit = run(flipped)
    np.testing.assert_allclose(limit.values[0], measured @ chances, atol=1e-12)
    sampled = run(flipped, shots=100_000, seed=5)
    assert (np.abs(sampled.values - limit.values) < 5 * sampled.std_errors).all()
    # On one bit the errors mix the truth with the stated value.
    clean, damped = run(experiment(CHAIN, [[20.0]], "density", steps=40)).values[0, 0], low + high
    assert limit.mixed_values is not None
    mixture = (1 - damped) * clean + damped * limit.mixed_values[0, 0]
    assert abs(limit.values[0, 0] - mixture) < 1e-12
    assert abs(limit.mixed_values[0, 1] - (low / damped) ** 2) < 1e-12


@pytest.mark.parametrize("name", ["entanglement_entropy", "return_probability", "energy"])
def test_only_what_the_camera_sees_is_measured(name: str) -> None:
    still = {**SWEEP, "rabi": 5, "detuning": "final", "state": {"kind": "evolved", "time": 1}}
    asked = experiment(still, [[0]], "density", name, limits="none")
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get("braket-ahs").check(asked, RunOptions(shots=100))
    assert rejected.value.field == "/observables/1"
    registry.get("braket-ahs").check(asked, RunOptions())


def test_a_pauli_word_that_turns_atoms_is_not_measured() -> None:
    system = {**CHAIN, "observables": [{"name": "coherence", "pauli": {"X0": 1.0}}]}
    asked = experiment(system, [[0]], "density", "coherence")
    with pytest.raises(ProgramRejected, match="coherence is not measured") as rejected:
        registry.get("braket-ahs").check(asked, RunOptions(shots=100))
    assert rejected.value.field == "/observables/1"
    registry.get("braket-ahs").check(asked, RunOptions())


def test_the_result_is_plain_json() -> None:
    asked = experiment(CHAIN, [[20.0]], "density", steps=20, readout_error="aquila")
    found = run(asked, shots=50, seed=1)
    facts = json.loads(json.dumps(found.to_dict(), allow_nan=False))["provenance"]["details"]
    assert facts["readout_error"] == [0.01, 0.08]
