"""How far two calibrations of a device are apart, for what ran on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from backends.device_drift import Ran, drift
from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration

RAN = Ran(places=(0, 1), qubits=2, two_qubit_gates=10)


def said(
    gates: Mapping[tuple[int, ...], float], reads: Mapping[int, tuple[float, float]]
) -> CalibrationSnapshot:
    return CalibrationSnapshot(
        device="d",
        identifier="d-1",
        taken_at=None,
        qubits={
            place: QubitCalibration(reads_1_of_0=one, reads_0_of_1=zero)
            for place, (one, zero) in reads.items()
        },
        gates=tuple(
            GateCalibration(name="cz", qubits=pair, error=error) for pair, error in gates.items()
        ),
    )


THEN = said({(0, 1): 0.006, (1, 2): 0.3, (0,): 0.5}, {0: (0.01, 0.02), 1: (0.01, 0.01)})


def lost(error: float) -> float:
    """Of a two-qubit gate."""
    return -math.log(1 - 4 * error / 3)


def test_an_equal_calibration_ages_nothing() -> None:
    assert drift(THEN, THEN, RAN) == 0.0


def test_gates_and_readouts_of_the_used_qubits_count_and_nothing_cancels() -> None:
    """Gates have become better and readouts worse; the pair (1, 2) was not used."""
    now = said({(1, 0): 0.003, (1, 2): 0.4}, {0: (0.03, 0.02), 1: (0.01, 0.01)})
    gates = 10 * abs(lost(0.003) - lost(0.006))
    reads = math.log(0.97) - math.log(0.95)
    assert drift(THEN, now, RAN) == pytest.approx(1 - math.exp(-gates - reads), rel=1e-12)
    assert drift(now, THEN, RAN) == pytest.approx(drift(THEN, now, RAN), rel=1e-12)


def test_amplified_gates_drift_more() -> None:
    now = said({(0, 1): 0.007}, {0: (0.01, 0.02), 1: (0.01, 0.01)})
    amplified = Ran(places=(0, 1), qubits=2, two_qubit_gates=10, gain=3.0)
    once, thrice = (-math.log(1 - drift(THEN, now, ran)) for ran in (RAN, amplified))
    assert thrice == pytest.approx(3 * once)


def test_without_places_it_is_the_mean_of_the_device() -> None:
    now = said({(0, 1): 0.016, (1, 2): 0.3}, {0: (0.02, 0.02), 1: (0.01, 0.01)})
    ran = Ran(places=(), qubits=3, two_qubit_gates=4)
    gates = 4 * 0.5 * (lost(0.016) - lost(0.006))
    reads = 3 * 0.5 * (math.log(0.97) - math.log(0.96))
    assert drift(THEN, now, ran) == pytest.approx(1 - math.exp(-gates - reads), rel=1e-12)


def test_what_one_of_them_does_not_know_or_does_not_work_does_not_count() -> None:
    broken = said({(0, 1): 1.0}, {0: (0.6, 0.5)})
    assert drift(THEN, broken, RAN) == 0.0
    assert drift(THEN, said({}, {}), RAN) == 0.0


def test_a_gate_on_any_pair_counts_for_each() -> None:
    then, now = said({(): 0.01}, {}), said({(): 0.02}, {})
    expected = 1 - math.exp(-10 * (lost(0.02) - lost(0.01)))
    assert drift(then, now, RAN) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (
            {"qubits_used": [4, 7], "compiled_two_qubit_gates": [3, None, 5]},
            Ran(places=(4, 7), qubits=2, two_qubit_gates=5, gain=2.0),
        ),
        (
            {"qubits": 3, "two_qubit_gates": [6, 2]},
            Ran(places=(), qubits=3, two_qubit_gates=6, gain=2.0),
        ),
        ({}, Ran(places=(), qubits=0, two_qubit_gates=0, gain=2.0)),
    ],
)
def test_what_ran_is_read_from_the_provenance(details: dict[str, Any], expected: Ran) -> None:
    assert Ran.of(details, 2.0) == expected
