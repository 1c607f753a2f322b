"""What a calibration of Google's says of the errors of a processor.

A qubit of row ``r`` and column ``c`` has the number ``32 r + c``. Errors are average infidelities:
of Pauli errors ``p`` of ``n`` qubits ``p d / (d + 1)``, where ``d = 2**n``. The error of a pair is
that of a cycle of cross-entropy benchmarking: the gate with the gates on one qubit around it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration
from backends.schema.calibration import bounded

COLUMNS = 32
QUBIT = re.compile(r"q?\(?(\d{1,3})[_,] ?(\d{1,2})\)?")
T1_US = "single_qubit_idle_t1_micros"
READS_1 = ("parallel_p00_error", "single_qubit_p00_error")
READS_0 = ("parallel_p11_error", "single_qubit_p11_error")
"""Of all qubits read at once, as ours are, before those of one alone."""
ONE_QUBIT = "single_qubit_rb_pauli_error_per_gate"
PAIR = "two_qubit_{}{}_gate_xeb_pauli_error_per_cycle"
GATES = {"cz": "cz", "sqrt_iswap": "sqrt_iswap", "sycamore": "syc"}
"""The vendor's name in a metric, and ours."""
SINGLE_OF_PAULI, PAIR_OF_PAULI = 2 / 3, 4 / 5


def snapshot(processor: str, said: Mapping[str, Any]) -> CalibrationSnapshot | None:
    """The calibration; None where the vendor said nothing, or nothing that can be read.

    Args:
        said: As `google_payload.calibration` wrote it.
    """
    if not said:
        return None
    try:
        at, metrics = calibrated_at(said), said["metrics"]
        return bounded(
            CalibrationSnapshot(
                device=processor,
                identifier=identifier(processor, at),
                taken_at=at,
                qubits=_qubits(metrics),
                gates=(*_singles(metrics), *_pairs(metrics)),
            )
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def identifier(processor: str, at: datetime | None) -> str:
    """Equal for equal calibrations; empty where there is none."""
    return f"{processor}@{at:%Y%m%dT%H%M%S}" if at else ""


def calibrated_at(said: Mapping[str, Any]) -> datetime | None:
    """When the device was calibrated, UTC.

    Raises:
        ValueError: The time is no whole number.
    """
    stamp = said.get("timestamp_ms")
    if stamp is None:
        return None
    if type(stamp) is not int or not 0 <= stamp < 1e14:
        raise ValueError(f"timestamp_ms = {str(stamp)[:80]}")
    return datetime.fromtimestamp(stamp / 1000, UTC)


def number(name: str) -> int:
    """Of a qubit that the vendor names by row and column.

    Raises:
        ValueError: It has another name.
    """
    found = QUBIT.fullmatch(name)
    if found is None or int(found[2]) >= COLUMNS:
        raise ValueError(f"no qubit: {name[:40]!r}")
    return COLUMNS * int(found[1]) + int(found[2])


def _qubits(metrics: Mapping[str, Any]) -> dict[int, QubitCalibration]:
    t1 = _first(metrics, (T1_US,))
    reads_1, reads_0 = _first(metrics, READS_1), _first(metrics, READS_0)
    found = {}
    for place in sorted(t1.keys() | reads_1.keys() | reads_0.keys()):
        (index,) = place
        found[index] = QubitCalibration(
            t1_s=None if place not in t1 else t1[place] * 1e-6,
            reads_1_of_0=_probability(reads_1[place]) if place in reads_1 else None,
            reads_0_of_1=_probability(reads_0[place]) if place in reads_0 else None,
        )
    return found


def _singles(metrics: Mapping[str, Any]) -> Iterator[GateCalibration]:
    for place, error in _first(metrics, (ONE_QUBIT,)).items():
        yield GateCalibration(name="1q", qubits=place, error=_probability(error * SINGLE_OF_PAULI))


def _pairs(metrics: Mapping[str, Any]) -> Iterator[GateCalibration]:
    for vendors, ours in GATES.items():
        names = (PAIR.format("parallel_", vendors), PAIR.format("", vendors))
        for places, error in _first(metrics, names).items():
            low, high = sorted(places)
            found = _probability(error * PAIR_OF_PAULI)
            yield GateCalibration(name=ours, qubits=(low, high), error=found)


def _probability(fitted: float) -> float:
    """A fit of noisy data may leave the range by a little."""
    return min(1.0, max(0.0, fitted))


def _first(metrics: Mapping[str, Any], names: tuple[str, ...]) -> dict[tuple[int, ...], float]:
    """The first metric that is there, by the numbers of qubits; what is not finite is not known."""
    for name in names:
        if name in metrics:
            rows = ((targets, float(values[0])) for targets, values in metrics[name])
            return {tuple(map(number, one)): value for one, value in rows if math.isfinite(value)}
    return {}
