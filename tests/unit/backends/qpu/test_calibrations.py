"""What vendors' descriptions of their devices say of errors, in the one form that is kept."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backends.qpu import braket_calibration, ibm_calibration
from backends.qpu.braket_device import Live
from backends.qpu.braket_devices import GATE
from backends.schema import CalibrationSnapshot, GateCalibration
from backends.schema.calibration import bounded
from backends.simulators.device import device
from tests.vendors.braket import devices
from tests.vendors.ibm.devices import properties

GARNET = "iqm/Garnet"
WHOLE = {"fidelityType": None, "unit": "fraction"}
BENCHMARKED = {"fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}, "unit": "fraction"}
AQT: dict[str, Any] = {
    "oneQubitProperties": {"0": {"oneQubitFidelity": [BENCHMARKED | {"fidelity": 0.9999}]}},
    "T1": {"value": 1.14, "unit": "s"},
    "T2": {"value": 0.45, "unit": "s"},
    "readoutFidelity": [WHOLE | {"fidelity": 0.9977}],
    "twoQubitGateFidelity": [WHOLE | {"fidelity": 0.986}],
}
"""Version 3 of the standardized properties."""
ERROR = [{"name": "gate_error", "value": 0.1}]


def garnet() -> dict[str, Any]:
    described = devices.every()[devices.arn("eu-north-1", GARNET)]
    return Live(device=GATE[GARNET], word="ONLINE", capabilities=described).calibration


def braket(calibration: dict[str, Any]) -> CalibrationSnapshot:
    found = braket_calibration.snapshot(GARNET, calibration)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["FakeManilaV2", "FakeTorino", "FakeArmonkV2"])
def test_errors_of_a_recorded_device_are_those_of_its_target(name: str) -> None:
    """Qiskit reads the same properties on a way of its own."""
    recorded = device(name)
    found = recorded.calibration
    assert found is not None
    compared = 0
    for gate in found.gates:
        if gate.name in {"sx", "x", "cx", "cz"} and gate.name in recorded.target.operation_names:
            said = recorded.target[gate.name].get(gate.qubits)
            if said is not None and said.error is not None:
                compared += 1
                assert gate.error == pytest.approx(said.error)
                assert gate.duration_s == pytest.approx(said.duration, rel=1e-6)
    assert compared >= len(found.qubits)
    for index, qubit in found.qubits.items():
        assert qubit.t1_s == pytest.approx(recorded.target.qubit_properties[index].t1)
        mean = 0.5 * (qubit.reads_1_of_0 + qubit.reads_0_of_1)  # type: ignore[operator]  # both are known
        assert mean == pytest.approx(recorded.target["measure"][(index,)].error, abs=1e-6)


def test_a_gate_device_of_braket_says_its_errors() -> None:
    found = braket(garnet())
    assert found.taken_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert sorted(found.qubits) == list(range(1, 21))
    first = found.qubits[1]
    assert (first.t1_s, first.t2_s) == pytest.approx((4e-5, 12.5e-6))
    assert (first.reads_1_of_0, first.reads_0_of_1) == pytest.approx((0.03, 0.03))
    gates = {(gate.name, gate.qubits): gate.error for gate in found.gates}
    assert gates["cz", (2, 3)] == pytest.approx(0.0062)
    assert gates["1q", (7,)] == pytest.approx(0.0009)
    assert len(gates) == 20 + 19


def test_what_is_said_of_the_whole_device_holds_for_each_qubit() -> None:
    found = braket({"standardized": AQT, "updatedAt": "2026-11-02T00:00:00"})
    assert found.qubits[0].t1_s == 1.14
    assert found.qubits[0].reads_1_of_0 == pytest.approx(0.0023)
    anywhere = next(gate for gate in found.gates if gate.name == "2q")
    assert anywhere.qubits == ()
    assert anywhere.error == pytest.approx(0.014)


def test_an_analog_device_says_numbers() -> None:
    described = {"performance": {"rydberg": {"rabi": {"errorRel": 0.02}}, "note": "fine"}}
    found = braket(described)
    assert dict(found.facts) == {"rydberg.rabi.errorRel": 0.02}
    assert found.taken_at is None


@pytest.mark.parametrize(
    "broken",
    [
        {"qubits": [[{"name": "T1", "unit": "us", "value": "long"}]]},
        {"qubits": [[{"name": "T1", "unit": "us", "value": -3.0}]]},
        {"qubits": 5},
        {"gates": [{"gate": "cx", "qubits": [0, 1]}]},
        {"gates": [{"gate": "cx", "qubits": [0, -1], "parameters": ERROR}]},
        {"last_update_date": "yesterday"},
    ],
)
def test_properties_that_cannot_be_read_are_not_known(broken: dict[str, Any]) -> None:
    good = properties(None)
    assert ibm_calibration.snapshot("ibm_x", good) is not None
    assert ibm_calibration.snapshot("ibm_x", good | broken) is None


@pytest.mark.parametrize("broken", [{"oneQubitProperties": 3}, {"twoQubitProperties": {"a": 1}}])
def test_descriptions_that_cannot_be_read_are_not_known(broken: dict[str, Any]) -> None:
    assert braket_calibration.snapshot(GARNET, {"standardized": broken}) is None


def test_a_snapshot_is_the_same_after_a_trip_through_json() -> None:
    for found in (braket(garnet()), device("FakeTorino").calibration):
        assert found is not None
        again = CalibrationSnapshot.from_dict(json.loads(found.to_bytes()))
        assert again.to_bytes() == found.to_bytes()
        assert again.digest == found.digest


def test_its_digest_is_of_everything_that_it_says_and_of_no_order() -> None:
    found = braket(garnet())
    other = replace(
        found, gates=found.gates[::-1], qubits=dict(reversed(list(found.qubits.items())))
    )
    assert other.digest == found.digest
    worse = replace(found.gates[0], error=found.gates[0].error + 1e-6)
    assert replace(found, gates=(worse, *found.gates[1:])).digest != found.digest


def test_a_snapshot_that_is_too_large_is_not_kept() -> None:
    gates = tuple(GateCalibration(name="cz", qubits=(q, q + 1), error=0.1) for q in range(60_000))
    large = CalibrationSnapshot(device="d", identifier="d-1", taken_at=None, gates=gates)
    assert bounded(large) is None
    assert bounded(replace(large, gates=gates[:1000])) is not None


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"qubits": [[0, None, None, 2.0, None]]},
        {"qubits": [[-1, None, None, None, None]]},
        {"gates": [["cz", [0, 1, 2], 0.1, None]]},
        {"gates": [["cz", [0, 1], None, None]]},
        {"gates": [["cz", [0, 1], math.nan, None]]},
        {"facts": {"a": math.inf}},
        {"taken_at": "2026-01-01T00:00:00"},
        {"device": ""},
    ],
)
def test_documents_of_somebody_else_are_checked(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        CalibrationSnapshot.from_dict(braket(garnet()).to_dict() | change)
