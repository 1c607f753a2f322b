"""What the description of a device of Amazon Braket says of its errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backends.qpu.braket_device import calibrated_at, calibration_id
from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration
from backends.schema.calibration import SECONDS, bounded

READOUT = "READOUT"
BENCHMARKED = ("SIMULTANEOUS_RANDOMIZED_BENCHMARKING", "RANDOMIZED_BENCHMARKING")
ONE_QUBIT, TWO_QUBITS = "1q", "2q"
MOST_FACTS = 200


def snapshot(device: str, calibration: Mapping[str, Any]) -> CalibrationSnapshot | None:
    """The calibration; None where the device said nothing, or nothing that can be read.

    Args:
        calibration: As `braket_device.Live.calibration` gives it: standardized properties of a
            gate device, performance of an analog one.
    """
    if not calibration:
        return None
    try:
        gates = calibration.get("standardized") or {}
        single = gates.get("oneQubitProperties") or {}
        pairs = gates.get("twoQubitProperties") or {}
        return bounded(
            CalibrationSnapshot(
                device=device,
                identifier=calibration_id(device, calibration),
                taken_at=calibrated_at(calibration),
                qubits={int(index): _qubit(one, gates) for index, one in single.items()},
                gates=(*_singles(single), *_pairs(pairs), *_any_pair(gates)),
                facts=dict(_facts("", calibration.get("performance") or {})),
            )
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _qubit(said: Mapping[str, Any], whole: Mapping[str, Any]) -> QubitCalibration:
    """What is said of the qubit, or else of the whole device."""
    known = _fidelities(said.get("oneQubitFidelity"))
    readout = known.get(READOUT, _first(whole.get("readoutFidelity")))
    symmetric = None if readout is None else 1.0 - readout
    return QubitCalibration(
        t1_s=_seconds(said.get("T1") or whole.get("T1")),
        t2_s=_seconds(said.get("T2") or whole.get("T2")),
        reads_1_of_0=symmetric,
        reads_0_of_1=symmetric,
    )


def _singles(said: Mapping[str, Any]) -> Iterator[GateCalibration]:
    for index, one in said.items():
        known = _fidelities(one.get("oneQubitFidelity"))
        fidelity = next((known[name] for name in BENCHMARKED if name in known), None)
        if fidelity is not None:
            yield GateCalibration(name=ONE_QUBIT, qubits=(int(index),), error=1.0 - fidelity)


def _pairs(said: Mapping[str, Any]) -> Iterator[GateCalibration]:
    for pair, one in said.items():
        low, high = map(int, pair.split("-"))
        best = {
            str(gate["gateName"]).lower(): float(gate["fidelity"])
            for gate in one["twoQubitGateFidelity"]
        }
        for name, fidelity in best.items():
            yield GateCalibration(name=name, qubits=(low, high), error=1.0 - fidelity)


def _any_pair(said: Mapping[str, Any]) -> Iterator[GateCalibration]:
    fidelity = _first(said.get("twoQubitGateFidelity"))
    if fidelity is not None:
        yield GateCalibration(name=TWO_QUBITS, qubits=(), error=1.0 - fidelity)


def _fidelities(said: Any) -> dict[str, float]:
    """By the name of how they were measured."""
    return {
        str((one.get("fidelityType") or {}).get("name", "")).upper(): float(one["fidelity"])
        for one in said or ()
    }


def _first(said: Any) -> float | None:
    return float(said[0]["fidelity"]) if said else None


def _seconds(said: Mapping[str, Any] | None) -> float | None:
    """A coherence time in a unit that we know."""
    unit = None if said is None else SECONDS.get(str(said.get("unit")).lower())
    return None if said is None or unit is None else float(said["value"]) * unit


def _facts(path: str, said: Any) -> Iterator[tuple[str, float]]:
    """Numbers of a nested document, by dotted name, as many as are kept."""
    for name, value in list(said.items())[:MOST_FACTS]:
        if isinstance(value, Mapping):
            yield from _facts(f"{path}{name}.", value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{path}{name}", float(value)
