"""Noise models of recorded IBM devices, built once per process.

The model holds gate errors, relaxation during gates and readout errors of the recorded
calibration. Noise of idle qubits and crosstalk are not in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from backends.methods.circuit import Circuit
from backends.simulators.circuits import measured, read, written
from backends.simulators.compiled import Compiled, Spread
from backends.simulators.folding import fold
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator

# Devices on which four qubits form a line, and whose noise model takes well under a second.
DEVICES = (
    "FakeManilaV2",
    "FakeBogotaV2",
    "FakeSantiagoV2",
    "FakeLagosV2",
    "FakeNairobiV2",
    "FakeJakartaV2",
)
TRANSPILER_SEED = 7
OPTIMIZATION_LEVEL = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Device:
    """A recorded device and a simulator with its noise.

    Attributes:
        calibration_id: Digest of the recorded calibration.
        calibrated_at: Aware time of the calibration.
    """

    target: Any
    simulator: AerSimulator
    calibration_id: str
    calibrated_at: datetime


@cache
def device(name: str) -> Device:
    """Load a device of `DEVICES`."""
    from qiskit_aer import AerSimulator
    from qiskit_aer.noise import NoiseModel
    from qiskit_ibm_runtime import fake_provider

    target = getattr(fake_provider, name)()
    properties = target.properties()
    text = json.dumps(properties.to_dict(), sort_keys=True, default=str)
    return Device(
        target=target,
        simulator=AerSimulator(
            method="density_matrix",
            noise_model=NoiseModel.from_backend(target),
            max_parallel_threads=1,
        ),
        calibration_id=f"{target.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}",
        calibrated_at=properties.last_update_date.astimezone(UTC),
    )


@lru_cache(maxsize=64)
def circuits(
    name: str, circuit: Circuit, bases: tuple[PauliWord, ...]
) -> tuple[QuantumCircuit, ...]:
    """The circuit measured in each basis, in the device's gates and all on the same qubits."""
    from qiskit import transpile

    target = device(name).target
    layout, prepared = None, []
    for basis in bases:
        fitted = transpile(
            measured(written(circuit), basis),
            target,
            initial_layout=layout,
            optimization_level=OPTIMIZATION_LEVEL,
            seed_transpiler=TRANSPILER_SEED,
        )
        layout = layout or fitted.layout.initial_index_layout(filter_ancillas=True)
        prepared.append(fitted)
    return tuple(prepared)


@lru_cache(maxsize=256)
def folded(
    name: str, circuit: Circuit, bases: tuple[PauliWord, ...], gain: float
) -> tuple[QuantumCircuit, ...]:
    """The circuits of `circuits` with their gate noise amplified.

    Raises:
        ProgramRejected: The gain cannot be reached by folding.
    """
    return tuple(fold(one, gain) for one in circuits(name, circuit, bases))


@lru_cache(maxsize=64)
def compiled(name: str, circuit: Circuit, bases: tuple[PauliWord, ...]) -> tuple[Compiled, ...]:
    """The circuits of `circuits` as our own values, each rotation with an angle of its own."""
    return tuple(_compiled(one, circuit.angles) for one in circuits(name, circuit, bases))


@lru_cache(maxsize=1024)
def placed(circuit: Circuit, places: tuple[int, ...]) -> QuantumCircuit:
    """A compiled circuit as it is, measured in Z."""
    return read(written(circuit), places)


def _compiled(circuit: QuantumCircuit, angles: int) -> Compiled:
    """Read back a transpiled circuit, whose angles are affine in the original ones."""
    found, places = Spread(angles), {}
    for instruction in circuit.data:
        name = instruction.operation.name
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        if name == "measure":
            places[circuit.find_bit(instruction.clbits[0]).index] = qubits[0]
        elif instruction.operation.params:
            found.turn(name, qubits, *_affine(instruction.operation.params[0]))
        elif name != "barrier":
            found.add(name, qubits)
    return found.compiled(circuit.num_qubits, tuple(places[bit] for bit in sorted(places)))


def _affine(angle: Any) -> tuple[float, dict[int, float]]:
    """Offset, and slope by column of the original angles."""
    parameters = list(getattr(angle, "parameters", ()))
    if not parameters:
        return float(angle), {}
    offset = float(angle.bind(dict.fromkeys(parameters, 0.0)))
    slopes = {
        int(parameter.name.removeprefix("theta_")): float(angle.gradient(parameter))
        for parameter in parameters
    }
    return offset, slopes
