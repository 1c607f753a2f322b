"""Recorded IBM devices and their noise, for the qubits that are used.

The noise model holds gate errors, relaxation during gates and readout errors of the recorded
calibration. Noise of waiting qubits is in `backends.simulators.idle`; crosstalk is in neither.

Every device runs ``rz``, ``sx``, ``x`` and its two-qubit gate. Devices recorded with ``u1``, ``u2``
and ``u3``, which are made of no, one and two pulses, give these three the errors of those.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from backends.qpu.ibm_calibration import snapshot
from backends.schema import CalibrationSnapshot
from backends.simulators.device_model import is_key, snapshot_of, target_of
from backends.simulators.rule import MOST_DENSITY

if TYPE_CHECKING:
    from qiskit.transpiler import Target
    from qiskit_aer import AerSimulator

PAIRS = ("ecr", "cz", "cx")
OLDER = {"rz": "u1", "sx": "u2", "x": "u3"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Device:
    """A recorded device.

    Attributes:
        label: The device's own name.
        target: Its gates, with their durations and errors.
        calibration_id: Digest of the recorded calibration.
        calibrated_at: Aware time of the calibration; None where nobody knows.
        calibration: What the recorded calibration says.
    """

    label: str
    target: Target
    calibration_id: str
    calibrated_at: datetime | None
    calibration: CalibrationSnapshot | None


@lru_cache(maxsize=128)
def device(name: str) -> Device:
    """Load a device of `backends.simulators.devices`, or one by the text of its calibration."""
    return _modelled(snapshot_of(name)) if is_key(name) else _recorded(name)


def _modelled(said: CalibrationSnapshot) -> Device:
    return Device(
        label=said.device,
        target=target_of(said),
        calibration_id=said.identifier,
        calibrated_at=said.taken_at,
        calibration=said,
    )


def _recorded(name: str) -> Device:
    from qiskit_ibm_runtime import fake_provider

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Properties of fake_nighthawk")
        recorded = getattr(fake_provider, name)()
        properties = recorded.properties()
    said = properties.to_dict()
    text = json.dumps(said, sort_keys=True, default=str)
    identifier = f"{recorded.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return Device(
        label=recorded.name,
        target=_target(recorded.target),
        calibration_id=identifier,
        calibrated_at=properties.last_update_date.astimezone(UTC),
        calibration=snapshot(name, said, identifier=identifier),
    )


@lru_cache(maxsize=64)
def engine(name: str, used: tuple[int, ...]) -> AerSimulator:
    """A simulator with the noise of some of a device's qubits, which it numbers from 0.

    A density matrix up to `MOST_DENSITY` qubits, trajectories of state vectors above.
    """
    from qiskit_aer import AerSimulator
    from qiskit_aer.noise import NoiseModel

    part = _part(device(name).target, used)
    recorded = SimpleNamespace(
        version=2, target=part, dt=part.dt, operation_names=list(part.operation_names)
    )
    return AerSimulator(
        method=simulation(len(used)),
        noise_model=NoiseModel.from_backend(recorded),
        max_parallel_threads=1,
    )


def simulation(qubits: int) -> str:
    """Aer's method for a noisy circuit."""
    return "density_matrix" if qubits <= MOST_DENSITY else "statevector"


def _target(recorded: Target) -> Target:
    """The gates that we use, with the errors of those that were recorded."""
    from qiskit.circuit import Measure, Parameter
    from qiskit.circuit.library import CXGate, CZGate, ECRGate, RZGate, SXGate, XGate

    known = set(recorded.operation_names)
    gates: dict[str, Any] = {
        "rz": RZGate(Parameter("angle")), "sx": SXGate(), "x": XGate(), "measure": Measure(),
        "ecr": ECRGate(), "cz": CZGate(), "cx": CXGate(),
    }  # fmt: skip
    made = _empty(recorded, range(recorded.num_qubits))
    for name, gate in gates.items():
        source = name if name in known else OLDER.get(name, name)
        if source in known and recorded[source]:
            made.add_instruction(gate, dict(recorded[source]))
    return made


def _part(target: Target, used: tuple[int, ...]) -> Target:
    places = {qubit: place for place, qubit in enumerate(used)}
    part = _empty(target, used)
    for name in target.operation_names:
        kept = {
            tuple(places[qubit] for qubit in qubits): properties
            for qubits, properties in target[name].items()
            if all(qubit in places for qubit in qubits)
        }
        if kept:
            part.add_instruction(target.operation_from_name(name), kept)
    return part


def _empty(target: Target, qubits: Any) -> Target:
    from qiskit.transpiler import Target

    known = target.qubit_properties
    chosen = [known[qubit] for qubit in qubits] if known else None
    return Target(num_qubits=len(qubits), dt=target.dt, qubit_properties=chosen)
