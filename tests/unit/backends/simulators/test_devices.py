"""The devices whose noise is simulated."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime import fake_provider

from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.schema import RunOptions
from backends.simulators.aer import AerBackend
from backends.simulators.device import PAIRS, device, engine
from backends.simulators.device_circuits import (
    compile_anew,
    newly_compiled,
    placed,
)
from backends.simulators.devices import DEVICES
from backends.simulators.fake_ibm import FakeIbmBackend
from tests.contract.cases import QUENCH, experiment_of
from tests.unit.backends.conftest import MakeExperiment
from tests.unit.backends.simulators.requests import ANSATZ, BASES, run

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


@pytest.mark.parametrize(
    "name",
    [
        "FakeManilaV2",
        pytest.param("FakePeekskill", marks=pytest.mark.slow),
        pytest.param("FakePrague", marks=pytest.mark.slow),
    ],
)
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
