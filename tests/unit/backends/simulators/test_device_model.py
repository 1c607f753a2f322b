"""A device model that is built from a calibration, such as a vendor told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.device_drift import Ran, drift
from backends.errors import ProgramRejected
from backends.qpu import braket_calibration
from backends.qpu.braket_device import Live
from backends.qpu.braket_devices import GATE
from backends.schema import CalibrationSnapshot, QubitCalibration, RunOptions
from backends.simulators.device import device, engine
from backends.simulators.device_circuits import newly_compiled
from backends.simulators.device_model import key_of, target_of
from backends.simulators.fake_ibm import FakeIbmBackend
from tests.unit.backends.conftest import MakeExperiment
from tests.unit.backends.simulators.requests import run
from tests.vendors.braket import devices

MANY = RunOptions(shots=100_000, seed=11)
GARNET = "iqm/Garnet"


def recorded(name: str = "FakeManilaV2") -> CalibrationSnapshot:
    found = device(name).calibration
    assert found is not None
    return found


def garnet() -> CalibrationSnapshot:
    described = devices.every()[devices.arn("eu-north-1", GARNET)]
    calibration = Live(device=GATE[GARNET], word="ONLINE", capabilities=described).calibration
    found = braket_calibration.snapshot(GARNET, calibration)
    assert found is not None
    return found


def given(said: CalibrationSnapshot, **more: Any) -> dict[str, Any]:
    return {"calibration": said.to_dict(), **more}


def _misread(one: QubitCalibration, factor: float) -> QubitCalibration:
    ones, zeros = one.reads_1_of_0, one.reads_0_of_1
    assert ones is not None
    assert zeros is not None
    return replace(one, reads_1_of_0=factor * ones, reads_0_of_1=factor * zeros)


@pytest.mark.parametrize("name", ["FakeManilaV2", "FakeTorino", "FakeLondonV2"])
def test_the_calibration_of_a_recorded_device_gives_its_noise_back(name: str) -> None:
    """What Qiskit made of the same properties: errors and times of every gate that both have."""
    said, known = target_of(recorded(name)), device(name).target
    compared = 0
    for gate in said.operation_names:
        for places, own in said[gate].items():
            theirs = (known[gate] if gate in known.operation_names else {}).get(places)
            if theirs is None or theirs.error is None:
                continue
            compared += 1
            assert own.error == pytest.approx(theirs.error, abs=1e-9), (gate, places)
            if gate not in {"measure", "rz"}:
                assert own.duration == pytest.approx(theirs.duration, rel=1e-6)
    assert compared > 5 * known.num_qubits - 10


def test_values_are_those_of_the_recorded_device(experiment: MakeExperiment) -> None:
    plain = run(FakeIbmBackend(), experiment("vqe", [0.7, 1.5]), MANY)
    own = run(FakeIbmBackend(), experiment("vqe", [0.7, 1.5], settings=given(recorded())), MANY)
    apart = np.abs(own.values - plain.values)
    assert (apart < 4 * np.hypot(own.std_errors, plain.std_errors)).all()
    assert own.provenance.calibration == recorded()
    assert own.provenance.details["device"] == "FakeManilaV2"


@pytest.mark.slow
def test_a_drift_is_no_smaller_than_what_the_model_moves(experiment: MakeExperiment) -> None:
    """Every two-qubit gate and every readout of the device becomes half again as bad."""
    then = recorded()
    gates = tuple(
        replace(gate, error=gate.error * (1.5 if len(gate.qubits) == 2 else 1.0))
        for gate in then.gates
    )
    qubits = {index: _misread(one, 1.5) for index, one in then.qubits.items()}
    now = replace(then, identifier="worse", gates=gates, qubits=qubits)
    before, after = (
        run(FakeIbmBackend(), experiment("vqe", [0.7, 1.5], settings=given(said)), MANY)
        for said in (then, now)
    )
    assert before.mixed_values is not None
    bound = drift(then, now, Ran.of(before.provenance.details, 1.0))
    moved = np.abs(after.values - before.values)
    signal = np.abs(before.values - before.mixed_values)
    error = 4 * np.hypot(after.std_errors, before.std_errors)
    assert (moved > error).all(), "the test would see nothing"
    assert (moved < bound * signal + error).all()
    assert bound < 0.25


def test_a_device_of_another_vendor_runs_too(experiment: MakeExperiment) -> None:
    result = run(FakeIbmBackend(), experiment("vqe", [0.7], settings=given(garnet())))
    exact = run(FakeIbmBackend(), experiment("vqe", [0.7]))
    assert result.provenance.calibration_id == garnet().identifier
    assert min(result.provenance.details["qubits_used"]) >= 1, "its qubits are counted from 1"
    assert abs(result.values[0, 0] - exact.values[0, 0]) < 0.2


def test_what_it_needs_is_built_once(experiment: MakeExperiment) -> None:
    settings = given(replace(recorded(), identifier="once"))
    run(FakeIbmBackend(), experiment("vqe", [0.7], settings=settings))
    before = newly_compiled(), engine.cache_info().misses, device.cache_info().misses
    run(FakeIbmBackend(), experiment("vqe", [0.9], settings=settings))
    assert (newly_compiled(), engine.cache_info().misses, device.cache_info().misses) == before


def test_what_a_process_compiled_is_learned_by_those_that_are_forked_later(
    experiment: MakeExperiment,
) -> None:
    said = replace(recorded(), identifier="wished")
    backend = FakeIbmBackend()
    run(backend, experiment("vqe", [0.7], settings=given(said)))
    wish = next(one for one in backend.wishes() if one["device"] == key_of(given(said)))
    backend.learn(wish, backend.fulfil(wish))
    for name in ("{", "{}", '{"schema_version": 9}', 5):
        with pytest.raises(ValueError, match=r"."):
            backend.fulfil({**wish, "device": name})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"calibration": {}}, "no calibration"),
        ({"calibration": "FakeManilaV2"}, "no calibration"),
        (given(recorded(), device="FakeManilaV2"), "one of them"),
        (given(replace(recorded(), gates=())), "0 pairs"),
        (given(replace(recorded(), gates=(), qubits={})), "0 qubits"),
    ],
)
def test_calibrations_of_no_device_are_refused(
    experiment: MakeExperiment, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(ProgramRejected, match=said) as refused:
        FakeIbmBackend().check(experiment("vqe", [0.7], settings=settings), MANY)
    assert refused.value.field == "/settings/calibration"


def test_a_device_that_is_too_small_is_named(experiment: MakeExperiment) -> None:
    small = replace(
        recorded(),
        gates=tuple(g for g in recorded().gates if max(g.qubits) < 2),
        qubits={i: one for i, one in recorded().qubits.items() if i < 2},
    )
    with pytest.raises(ProgramRejected, match="4 qubits on FakeManilaV2; allowed: at most 2"):
        FakeIbmBackend().check(experiment("vqe", [0.7], settings=given(small)), MANY)
