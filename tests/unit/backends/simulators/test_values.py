"""Sampled values, their errors and their raw data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from qiskit_aer import AerSimulator

from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.methods.grouping import group
from backends.schema import RunOptions
from backends.simulators.aer import AerBackend
from backends.simulators.circuits import measured, written
from backends.simulators.device import engine
from backends.simulators.devices import DEFAULT_DEVICE
from backends.simulators.execution import Batch, sample
from backends.simulators.fake_ibm import FakeIbmBackend
from backends.systems.pauli import PauliWord
from tests.unit.backends.conftest import MakeExperiment, state_of, turned
from tests.unit.backends.simulators.requests import SHOTS, run


@pytest.mark.parametrize("simulator", ["ideal", "noisy"])
def test_x_on_qubit_0_of_3_is_the_rightmost_bit(simulator: str) -> None:
    circuit = QuantumCircuit(3, 3)
    circuit.x(0)
    circuit = measured(circuit, PauliWord.parse("ZZZ"))
    chosen = AerSimulator() if simulator == "ideal" else engine(DEFAULT_DEVICE, (0, 1, 2))
    ((counts,),) = sample(chosen, [Batch(circuit, np.empty((1, 0)))], shots=200, seed=1)
    assert max(counts, key=lambda bits: counts[bits]) == "001"


def test_a_circuit_without_angles_runs_once_for_each_point() -> None:
    batches = []
    for qubit, points in ((0, 2), (1, 3)):
        circuit = QuantumCircuit(2, 2)
        circuit.x(qubit)
        batches.append(Batch(measured(circuit, PauliWord.parse("ZZ")), np.empty((points, 0))))
    seen = sample(AerSimulator(), batches, shots=50, seed=1)
    assert seen == [[{"01": 50}] * 2, [{"10": 50}] * 3]


def test_the_circuit_prepares_the_state_of_the_ansatz() -> None:
    ansatz = turned("YXXX", "IIYX", "ZXIY")
    angles = np.array([0.3, -1.1, 2.0])
    circuit = written(ansatz.circuit).assign_parameters(
        {f"theta_{k}": angle for k, angle in enumerate(angles)}
    )
    made = Operator(circuit).data[:, 0]
    assert abs(np.vdot(made, state_of(ansatz, angles))) == pytest.approx(1)


def test_exact_aer_is_fci_for_two_electrons(experiment: MakeExperiment) -> None:
    lengths = [0.3, 0.7414, 1.5, 2.5]
    exact = run(AerBackend(), experiment("vqe", lengths), RunOptions())
    fci = run(PyscfBackend(), experiment("fci", lengths), RunOptions())
    np.testing.assert_allclose(exact.values, fci.values, rtol=0, atol=1e-8)
    assert not exact.std_errors.any()


def test_a_parity_mapped_molecule_agrees_with_fci(
    experiment: MakeExperiment, h2: dict[str, Any]
) -> None:
    h2["mapping"] = "parity"
    fci = run(PyscfBackend(), experiment("fci", [0.9, 2.0]), RunOptions())
    sampled = run(AerBackend(), experiment("vqe", [0.9, 2.0], system=h2))
    assert (np.abs(sampled.values - fci.values) < 5 * sampled.std_errors).all()
    assert [entry["basis"] for entry in sampled.raw[0]["groups"]] == ["ZZ", "XX"]


@pytest.mark.parametrize(
    "backend", [AerBackend(), pytest.param(FakeIbmBackend(), marks=pytest.mark.slow)]
)
def test_stated_errors_match_the_spread_over_seeds(
    experiment: MakeExperiment, backend: Any
) -> None:
    repeats = 60
    repeated = experiment("vqe", [1.2] * repeats)
    result = run(backend, repeated, RunOptions(shots=500, seed=11))
    spread = result.values.std(ddof=1)
    # The spread of 60 values has a relative error of 1/sqrt(2 * 59) = 9 %.
    assert spread == pytest.approx(result.std_errors.mean(), rel=4 * 0.092)
    seeds = [run(backend, repeated.rows(0, 2), RunOptions(shots=500, seed=s)) for s in range(30)]
    spread = np.std([r.values for r in seeds], axis=0, ddof=1)
    assert spread == pytest.approx(result.std_errors[:2], rel=4 * 0.131)


def test_raw_data_give_the_value_again(experiment: MakeExperiment) -> None:
    result = run(FakeIbmBackend(), experiment("vqe", [0.7], gains=[3]))
    (raw,) = result.raw
    assert raw["knobs"] == {"noise_gain": 3}
    assert len(raw["parameters"]) == 1
    assert all(sum(entry["counts"].values()) == SHOTS.shots for entry in raw["groups"])


def test_noise_pulls_towards_the_mixed_value_more_at_higher_gain(
    experiment: MakeExperiment,
) -> None:
    gains = [1, 2, 3, 5, 9]
    ideal = run(AerBackend(), experiment("vqe", [0.7414]), RunOptions()).values[0, 0]
    noisy = run(
        FakeIbmBackend(),
        experiment("vqe", [0.7414] * len(gains), gains=gains),
        RunOptions(shots=20_000, seed=5),
    )
    assert noisy.mixed_values is not None
    mixed = noisy.mixed_values[0, 0]
    energies = noisy.values[:, 0]
    assert ideal < energies[0]
    assert (np.diff(energies) > 5 * noisy.std_errors[1:, 0]).all()
    assert energies[-1] < mixed


def test_mixed_values_are_the_energy_of_random_bits(
    experiment: MakeExperiment, h2: dict[str, Any]
) -> None:
    """Tr H / 2^n depends on the point and on the mapping that was run."""
    values = {}
    for mapping in ("jordan_wigner", "parity"):
        h2["mapping"] = mapping
        result = run(AerBackend(), experiment("vqe", [0.3, 2.5], system=h2), RunOptions())
        assert result.mixed_values is not None
        values[mapping] = result.mixed_values[:, 0]
    assert abs(np.diff(values["jordan_wigner"])[0]) > 1
    assert (np.abs(values["parity"] - values["jordan_wigner"]) > 0.1).all()


def test_a_seed_is_chosen_and_stated_when_none_is_given(experiment: MakeExperiment) -> None:
    one = experiment("vqe", [0.7])
    first = run(AerBackend(), one, replace(SHOTS, seed=None))
    again = run(AerBackend(), one, first.options)
    np.testing.assert_array_equal(first.values, again.values)


@pytest.mark.parametrize("shots", [0, 1, -5, 10**9])
def test_shots_that_give_no_error_bar_are_refused(experiment: MakeExperiment, shots: int) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        AerBackend().check(experiment("vqe", [0.7]), RunOptions(shots=shots))
    assert rejected.value.field == "/shots"


def test_groups_of_h2_are_five(experiment: MakeExperiment) -> None:
    result = run(AerBackend(), experiment("vqe", [0.7, 1.0]))
    bases = [PauliWord.parse(label) for label in result.provenance.details["groups"]]
    assert len(bases) == len(group(bases)) == 5
