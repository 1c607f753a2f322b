"""A calibration of Google's, against what Google's own library makes of the same metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from backends.qpu.google_calibration import number, snapshot
from backends.qpu.google_payload import calibration

STAMP = 1_700_000_000_000
QUBITS = ["q(0, 6)", "q(1, 6)"]


def said(device: str) -> tuple[Any, Any]:
    from cirq_google import engine

    found = engine.load_median_device_calibration(device)
    made = engine.noise_properties_from_calibration(found, gate_times_ns="legacy")
    return snapshot(device, calibration(found)), made


@pytest.mark.parametrize(("device", "gate"), [("willow_pink", "cz"), ("weber", "syc")])
def test_errors_are_those_that_googles_noise_model_has(device: str, gate: str) -> None:
    import cirq
    import cirq_google

    found, known = said(device)
    assert (found.device, found.identifier[: len(device) + 1]) == (device, f"{device}@")
    places = {number(str(qubit)): qubit for qubit in known.t1_ns}
    assert set(found.qubits) == set(places)
    for index, qubit in places.items():
        assert found.qubits[index].t1_s == pytest.approx(known.t1_ns[qubit] * 1e-9)
    kind = cirq.CZPowGate if gate == "cz" else cirq_google.SycamoreGate
    pauli = {
        tuple(sorted(number(str(qubit)) for qubit in key.qubits)): error
        for key, error in known.gate_pauli_errors.items()
        if key.gate_type is kind
    }
    ours = {one.qubits: one.error for one in found.gates if one.name == gate}
    assert ours == pytest.approx({pair: error * 4 / 5 for pair, error in pauli.items()})
    single = {
        (number(str(key.qubits[0])),): error * 2 / 3
        for key, error in known.gate_pauli_errors.items()
        if key.gate_type is cirq.PhasedXZGate
    }
    assert {one.qubits: one.error for one in found.gates if one.name == "1q"} == (
        pytest.approx(single)
    )


def metrics(**changes: Any) -> dict[str, Any]:
    of_one = {"single_qubit_p00_error": 0.01, "single_qubit_p11_error": 0.02}
    made: dict[str, Any] = {
        name: [[[qubit], [value]] for qubit in QUBITS] for name, value in of_one.items()
    }
    return {"timestamp_ms": STAMP, "metrics": {**made, **changes}}


def test_readout_of_all_qubits_at_once_goes_before_that_of_one_alone() -> None:
    alone = snapshot("weber", metrics())
    assert alone is not None
    assert [alone.qubits[6].reads_1_of_0, alone.qubits[38].reads_0_of_1] == [0.01, 0.02]
    assert alone.taken_at == datetime.fromtimestamp(STAMP / 1000, UTC)
    together = snapshot("weber", metrics(parallel_p00_error=[[["q(0, 6)"], [0.05]]]))
    assert together is not None
    assert together.qubits[6].reads_1_of_0 == 0.05
    assert together.qubits[38].reads_1_of_0 is None


def test_what_is_out_of_range_or_not_finite_is_mended_or_left_out() -> None:
    odd = [[["q(0, 6)"], [-1e-4]], [["q(1, 6)"], [float("nan")]]]
    found = snapshot("weber", metrics(single_qubit_p00_error=odd))
    assert found is not None
    assert (found.qubits[6].reads_1_of_0, found.qubits[38].reads_1_of_0) == (0.0, None)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"timestamp_ms": STAMP},
        {"timestamp_ms": "now", "metrics": {}},
        {"timestamp_ms": STAMP, "metrics": {}},
        metrics(single_qubit_p00_error=[[["elsewhere"], [0.1]]]),
        metrics(single_qubit_p00_error=[[["q(0, 40)"], [0.1]]]),
        metrics(single_qubit_p00_error=7),
    ],
)
def test_what_cannot_be_read_is_no_calibration(told: dict[str, Any]) -> None:
    assert snapshot("weber", told) is None
