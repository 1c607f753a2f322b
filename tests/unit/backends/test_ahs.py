"""Braket's analog simulator against our exact evolution, its own `run`, and binomial statistics."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest

from backends import registry, systems
from backends.analog import emulator
from backends.analog.cost import kept_states
from backends.analog.program import program
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.test_rydberg import SWEEP

CHAIN: dict[str, Any] = {
    **SWEEP,
    "atoms": 4,
    "phase": {"times": [0, 0.6, 1.2, 2.0], "values": [0, 1.1, -0.4, 0]},
    "observables": [{"name": "z2", "bitstring": "0101"}],
}
SQUARE: dict[str, Any] = {**SWEEP, "geometry": "square", "atoms": [2, 3], "spacing": 6.5}
NAMES = ("density", "density_correlation", "blockade_violation", "energy")


def experiment(system: dict[str, Any], points: Any, *names: str, **settings: Any) -> Experiment:
    return Experiment(
        system=system,
        method="ahs",
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points, dtype=np.float64),
        observables=names,
        settings=settings,
    )


def run(asked: Experiment, backend: str = "braket-ahs", **options: Any) -> Result:
    result = registry.get(backend).submit(asked, RunOptions(**options), token="t")
    assert isinstance(result, Result)
    return result


def exact(system: dict[str, Any], points: Any, *names: str) -> np.ndarray:
    asked = experiment(system, points, *names)
    asked = Experiment.from_dict({**asked.to_dict(), "method": "evolution"})
    return run(asked, "exact").values


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


LINE = {"times": [0, 2.0], "values": [0, 0]}
REFUSED: list[tuple[dict[str, Any], Any, str]] = [
    ({"spacing": 3.9}, [[0]], "/system/spacing"),
    ({"spacing": 5.55}, [[0]], "/system/spacing"),
    ({"atoms": 14, "spacing": 6.0}, [[0]], "/system/spacing"),
    ({"geometry": "ring"}, [[0]], "/system/spacing"),
    ({"c6": 8e5}, [[0]], "/system/c6"),
    ({"rabi": 5}, [[0]], "/system/rabi"),
    ({"rabi": {**LINE, "times": [0, 1, 2.0], "values": [0, 16, 0]}}, [[0]], "/system/rabi/values"),
    ({"rabi": {"times": [0, 0.05, 2.0], "values": [0, 15, 0]}}, [[0]], "/system/rabi/values"),
    ({"rabi": {"times": [0, 0.04, 2.0], "values": [0, 5, 0]}}, [[0]], "/system/rabi/times"),
    ({"rabi": {"times": [0, 0.1234, 2.0], "values": [0, 5, 0]}}, [[0]], "/system/rabi/times"),
    ({"rabi": {"times": [0, 2.0], "values": [0, 5]}}, [[0]], "/system/rabi"),
    ({"rabi": {"times": [0, 1, 2.0], "values": [0, "final", 0]}}, [[3], [20]], "/points/1"),
    ({"rabi": {"times": [0, 1, 2.0], "values": [0, -5, 0]}}, [[0]], "/system/rabi/values/1"),
    ({"rabi": {"times": [0, 1, 0.5], "values": [0, 5, 0]}}, [[0]], "/system/rabi/times/2"),
    ({"detuning": {"times": [0, 2.0], "values": [-130, "final"]}}, [[0]], "/points/0"),
    ({"detuning": {"times": [0, 0.05, 2.0], "values": [-100, 60, "final"]}}, [[0]], "/points/0"),
    ({"phase": 100}, [[0]], "/system/phase"),
    ({"state": {"kind": "evolved", "time": 1.0}}, [[0]], "/system/rabi"),
    ({"state": {"kind": "evolved", "initial": "0001"}}, [[0]], "/system/state"),
    ({"cutoff": 9}, [[0]], "/system/cutoff"),
    ({"atoms": 15, "spacing": 5.0}, [[0]], "/system"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "points", "field"), REFUSED)
def test_what_aquila_would_refuse_is_refused_before_it_is_run(
    changes: dict[str, Any], points: Any, field: str
) -> None:
    system = {**SWEEP, "atoms": 4, **changes}
    if isinstance(changes.get("rabi"), dict):
        system["detuning"] = "0.5 * final"
    asked = experiment(system, points, "density")
    started = time.perf_counter()
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get("braket-ahs").check(asked, RunOptions())
    assert rejected.value.field == field
    assert time.perf_counter() - started < 0.1


def test_a_pulse_of_more_than_four_microseconds_is_refused() -> None:
    late = {"times": [0, 2.0, 4.2], "values": [0, 5, 0]}
    asked = experiment({**SWEEP, "rabi": late, "detuning": "final"}, [[0]], "density")
    with pytest.raises(ProgramRejected, match="at most 4 us") as rejected:
        registry.get("braket-ahs").check(asked, RunOptions())
    assert rejected.value.field == "/system/state/time"


def test_rows_nearer_than_the_hardwares_are_refused() -> None:
    places = [[0, 0], [5, 0], [10, 3]]
    near = {**SWEEP, "geometry": "custom", "positions": places}
    near.pop("atoms"), near.pop("spacing")
    with pytest.raises(ProgramRejected, match="two rows 3 um apart") as rejected:
        registry.get("braket-ahs").check(experiment(near, [[0]], "density"), RunOptions())
    assert rejected.value.field == "/system/positions"


def test_without_limits_the_simulator_runs_what_no_hardware_does() -> None:
    free = {
        **SWEEP, "atoms": 2, "spacing": 3.333, "rabi": 20, "detuning": "final",
        "state": {"kind": "evolved", "time": 0.777},
    }  # fmt: skip
    found = run(experiment(free, [[12.0]], "density", "energy", limits="none", steps=400))
    expected = exact(free, [[12.0]], "density", "energy")
    np.testing.assert_allclose(found.values, expected, atol=1e-4)


def test_nothing_moves_in_no_time() -> None:
    still = {**SWEEP, "state": {"kind": "evolved", "time": 0}}
    found = run(experiment(still, [[10.0]], "density", "return_probability"))
    np.testing.assert_array_equal(found.values, [[0, 1]])


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"steps": 10}, "/settings/steps"),
        ({"steps": 100.5}, "/settings/steps"),
        ({"blockade_radius": -1}, "/settings/blockade_radius"),
        ({"limits": "eagle"}, "/settings/limits"),
        ({"readout_error": "bad"}, "/settings/readout_error"),
        ({"readout_error": [0.1, 0.7]}, "/settings/readout_error"),
        ({"readout_error": [0.1]}, "/settings/readout_error"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get("braket-ahs").check(
            experiment(CHAIN, [[0]], "density", **settings), RunOptions()
        )
    assert rejected.value.field == field


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
