"""Which numbers of a calibration colour a qubit or a pair, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A number of each qubit.

    Attributes:
        of: Of a qubit, by its number; None where the device does not say.
        factor: From the calibration's unit to ``unit``.
    """

    name: str
    label: str
    unit: str
    factor: float
    of: Callable[[CalibrationSnapshot, int], float | None]

    def values(self, said: CalibrationSnapshot, qubits: list[int]) -> dict[int, float]:
        """Of the qubits of which the device says it, in ``unit``."""
        known = {qubit: self.of(said, qubit) for qubit in qubits}
        return {qubit: self.factor * value for qubit, value in known.items() if value is not None}


def readout_error(one: QubitCalibration) -> float | None:
    """Mean of the two ways of misreading."""
    if one.reads_1_of_0 is None or one.reads_0_of_1 is None:
        return None
    return (one.reads_1_of_0 + one.reads_0_of_1) / 2


def single_errors(said: CalibrationSnapshot) -> dict[int, float]:
    """Of each qubit the largest error of its gates that work; turns about Z, which are free, aside.

    A qubit none of whose gates works has 1.
    """
    found: dict[int, list[float]] = {}
    for gate in said.gates:
        if len(gate.qubits) == 1 and gate.error > 0:
            found.setdefault(gate.qubits[0], []).append(gate.error)
    return {q: max((e for e in errors if e < 1), default=1.0) for q, errors in found.items()}


def pair_gates(said: CalibrationSnapshot) -> dict[tuple[int, int], GateCalibration]:
    """Of each pair, the smaller qubit first, the gate with the smallest error."""
    found: dict[tuple[int, int], GateCalibration] = {}
    for gate in said.gates:
        if len(gate.qubits) == 2:
            pair = (min(gate.qubits), max(gate.qubits))
            if pair not in found or gate.error < found[pair].error:
                found[pair] = gate
    return found


def _qubit(said: CalibrationSnapshot, qubit: int) -> QubitCalibration:
    return said.qubits.get(qubit, QubitCalibration())


METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="readout", label="Readout error", unit="%", factor=100.0,
            of=lambda said, qubit: readout_error(_qubit(said, qubit)),
        ),
        Metric(
            name="single", label="One-qubit error", unit="%", factor=100.0,
            of=lambda said, qubit: single_errors(said).get(qubit),
        ),
        Metric(
            name="t1", label="T1", unit="µs", factor=1e6,
            of=lambda said, qubit: _qubit(said, qubit).t1_s,
        ),
        Metric(
            name="t2", label="T2", unit="µs", factor=1e6,
            of=lambda said, qubit: _qubit(said, qubit).t2_s,
        ),
    )
}  # fmt: skip
