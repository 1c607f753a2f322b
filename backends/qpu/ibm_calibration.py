"""What the properties of an IBM device say of its errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backends.qpu.ibm_payload import calibration_id, moment
from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration
from backends.schema.calibration import SECONDS, bounded

READS_1, READS_0 = "prob_meas1_prep0", "prob_meas0_prep1"


def snapshot(
    device: str, properties: Mapping[str, Any], *, identifier: str = ""
) -> CalibrationSnapshot | None:
    """The calibration; None where IBM said nothing, or nothing that can be read.

    Args:
        properties: As IBM's client gives them; what is not in them is not known.
        identifier: Instead of their digest.
    """
    if not properties:
        return None
    try:
        at = properties.get("last_update_date")
        return bounded(
            CalibrationSnapshot(
                device=device,
                identifier=identifier or calibration_id(device, properties),
                taken_at=None if at is None else moment(at),
                qubits={i: _qubit(one) for i, one in enumerate(properties.get("qubits") or ())},
                gates=tuple(filter(None, map(_gate, properties.get("gates") or ()))),
            )
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _qubit(said: Any) -> QubitCalibration:
    known = _known(said)
    symmetric = known.get("readout_error")
    return QubitCalibration(
        t1_s=known.get("T1"),
        t2_s=known.get("T2"),
        reads_1_of_0=known.get(READS_1, symmetric),
        reads_0_of_1=known.get(READS_0, symmetric),
    )


def _gate(said: Any) -> GateCalibration | None:
    """A gate whose error is known; directives and resets have none."""
    known, qubits = _known(said["parameters"]), tuple(said["qubits"])
    if "gate_error" not in known or len(qubits) > 2:
        return None
    return GateCalibration(
        name=str(said["gate"]),
        qubits=qubits,
        error=known["gate_error"],
        duration_s=known.get("gate_length"),
    )


def _known(entries: Any) -> dict[str, float]:
    """Numbers by name; times in seconds."""
    return {
        one["name"]: float(one["value"]) * SECONDS.get(one.get("unit") or "", 1.0)
        for one in entries
        if one.get("value") is not None
    }
