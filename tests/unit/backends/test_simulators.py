from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime import fake_provider

from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.methods.grouping import group
from backends.schema import Result, RunOptions
from backends.simulators.aer import AerBackend
from backends.simulators.circuits import measured, written
from backends.simulators.device import PAIRS, device, engine
from backends.simulators.device_circuits import (
    compile_anew,
    compiled,
    newly_compiled,
    placed,
    used_qubits,
)
from backends.simulators.devices import DEFAULT_DEVICE, DEVICES
from backends.simulators.execution import Batch, sample
from backends.simulators.fake_ibm import FakeIbmBackend
from backends.simulators.folding import fold, fold_pairs, two_qubit_gates
from backends.systems.pauli import PauliWord
from tests.contract.cases import QUENCH, experiment_of
from tests.unit.backends.conftest import MakeExperiment, state_of, turned

ANSATZ = turned("YXXX")
BASES = (PauliWord.parse("XXXX"), PauliWord.parse("ZZZZ"))
SHOTS = RunOptions(shots=4000, seed=3)


def run(backend: Any, experiment: Any, options: RunOptions = SHOTS) -> Result:
    result = backend.submit(experiment, options, token="t")
    assert isinstance(result, Result)
    return result


def circuits() -> list[QuantumCircuit]:
    """The circuit of `ANSATZ` in both bases, compiled for a device."""
    prepared = compiled(DEFAULT_DEVICE, ANSATZ.circuit, BASES)
    used = used_qubits((one.circuit, one.places) for one in prepared)
    return [placed(one.circuit, one.places, used) for one in prepared]


def unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    bare = circuit.remove_final_measurements(inplace=False)
    return bare.assign_parameters({p: 0.1 * k for k, p in enumerate(bare.parameters)})


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


@pytest.mark.parametrize("backend", [AerBackend(), FakeIbmBackend()])
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


SOME = (
    "FakeManilaV2",
    "FakeBogotaV2",
    "FakeLagosV2",
    "FakeLondonV2",
    "FakePeekskill",
    "FakeTorino",
)


@pytest.mark.parametrize("name", SOME)
def test_every_device_runs_and_names_its_calibration(experiment: MakeExperiment, name: str) -> None:
    result = run(FakeIbmBackend(), experiment("vqe", [0.7], settings={"device": name}))
    source = result.provenance
    assert source.calibration_id.startswith(device(name).label)
    assert source.calibrated_at is not None
    assert source.calibrated_at.utcoffset() is not None
    assert source.details["device"] == name
    assert max(source.details["two_qubit_gates"]) <= 6, "the layout needs swaps"


@pytest.mark.parametrize("gain", [1, 1 + 1 / 3, 2, 3, 4, 5, 8, 9])
def test_folding_keeps_the_unitary_and_multiplies_the_gates(gain: float) -> None:
    for circuit in circuits():
        thick = fold(circuit, gain)
        assert two_qubit_gates(thick) / two_qubit_gates(circuit) == pytest.approx(gain)
        assert thick.count_ops()["measure"] == circuit.count_ops()["measure"]
        before, after = (Operator(unmeasured(c)) for c in (circuit, thick))
        assert after.equiv(before)
        assert set(thick.count_ops()) <= set(circuit.count_ops()) | {"rz"}


def test_an_odd_gain_folds_every_gate_alike() -> None:
    (circuit, _) = circuits()
    assert fold(circuit, 3).count_ops()["sx"] == 3 * circuit.count_ops()["sx"]


@pytest.mark.parametrize("gain", [1.5, 1.01, 8.9])
def test_a_gain_that_folding_cannot_reach_is_refused(
    experiment: MakeExperiment, gain: float
) -> None:
    with pytest.raises(ProgramRejected, match="nearest") as rejected:
        run(FakeIbmBackend(), experiment("vqe", [0.7, 0.7], gains=[1, gain]))
    assert rejected.value.field == "/knobs/noise_gain/1"


def test_circuits_without_two_qubit_gates_have_gain_one_only() -> None:
    assert fold_pairs(0, 1.0) == 0
    with pytest.raises(ProgramRejected):
        fold_pairs(0, 3.0)


def test_circuits_and_noise_are_prepared_once(experiment: MakeExperiment) -> None:
    run(FakeIbmBackend(), experiment("vqe", [0.7], gains=[3]))
    before = newly_compiled(), engine.cache_info().misses, placed.cache_info().misses
    run(FakeIbmBackend(), experiment("vqe", [0.9, 1.4], gains=[3, 3]))
    after = newly_compiled(), engine.cache_info().misses, placed.cache_info().misses
    assert after == before


def test_compiling_again_gives_the_same() -> None:
    key = ("FakeTorino", ANSATZ.circuit, BASES)
    for one, again in zip(compile_anew(key), compile_anew(key), strict=True):
        assert one.circuit == again.circuit
        assert one.places == again.places


def test_the_devices_are_those_of_the_sdk() -> None:
    """Their names and numbers of qubits; reading the latter of all takes no noise model."""
    theirs = {name for name in dir(fake_provider) if name.startswith("Fake")}
    assert set(DEVICES) == theirs - {"FakeProviderForBackendV2"}
    assert len(DEVICES) == 68
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Properties of fake_nighthawk")
        for name, qubits in DEVICES.items():
            assert getattr(fake_provider, name)().configuration().n_qubits == qubits


@pytest.mark.parametrize("name", ["FakeManilaV2", "FakePeekskill", "FakePrague"])
def test_noise_of_the_used_qubits_is_that_of_the_whole_device(name: str) -> None:
    """Against Aer's own model of the whole device, with the same gates on its own numbers."""
    used = device(name).target.build_coupling_map().get_edges()[1]
    pair = next(gate for gate in PAIRS if gate in device(name).target.operation_names)
    recorded = getattr(fake_provider, name)()
    whole = AerSimulator(method="density_matrix", noise_model=NoiseModel.from_backend(recorded))
    densities = []
    for simulator, places, size in (
        (whole, used, recorded.num_qubits),
        (engine(name, used), (0, 1), 2),
    ):
        circuit = QuantumCircuit(size)
        circuit.sx(places[0])
        circuit.x(places[1])
        getattr(circuit, pair)(*places)
        circuit.rz(0.3, places[0])
        circuit.save_density_matrix(places)
        densities.append(np.asarray(simulator.run(circuit).result().data(0)["density_matrix"]))
    np.testing.assert_allclose(densities[0], densities[1], atol=1e-12)
    purity = np.trace(densities[1] @ densities[1]).real
    assert purity < 1 - 1e-4


def test_more_than_ten_qubits_run_as_trajectories() -> None:
    system = {**QUENCH, "sites": 11, "state": {**QUENCH["state"], "initial": "0" * 11}}
    asked = experiment_of(
        "trotter",
        system=system,
        settings={"device": "FakeTorino"},
        knobs=("trotter_steps",),
        knob_values=np.full((4, 1), 1.0),
    ).rows(0, 1)
    noisy = run(FakeIbmBackend(), asked, RunOptions(shots=200, seed=1))
    ideal = run(AerBackend(), replace(asked, settings={}), RunOptions())
    assert noisy.provenance.details["simulation"] == "statevector"
    assert abs(noisy.values - ideal.values) < 5 * noisy.std_errors + 0.3 * abs(ideal.values)


@pytest.mark.parametrize(("device", "sites"), [("FakeManilaV2", 6), ("FakeTorino", 17)])
def test_more_qubits_than_the_device_can_are_refused(device: str, sites: int) -> None:
    system = {**QUENCH, "sites": sites, "state": {**QUENCH["state"], "initial": "0" * sites}}
    asked = experiment_of("trotter", system=system, settings={"device": device})
    with pytest.raises(ProgramRejected, match=f"{sites} qubits on {device}"):
        FakeIbmBackend().check(asked, RunOptions(shots=100))


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


def test_helium_hydride_runs_on_a_noisy_device(
    experiment: MakeExperiment, h2: dict[str, Any]
) -> None:
    h2["charge"] = 1
    h2["atoms"][0]["element"] = "He"
    lengths = [0.8, 1.4]
    fci = run(PyscfBackend(), experiment("fci", lengths, system=h2), RunOptions())
    ideal = run(AerBackend(), experiment("vqe", lengths, system=h2))
    noisy = run(FakeIbmBackend(), experiment("vqe", lengths, system=h2, gains=[3, 3]))
    assert (np.abs(ideal.values - fci.values) < 5 * ideal.std_errors).all()
    assert (noisy.values > fci.values).all()
