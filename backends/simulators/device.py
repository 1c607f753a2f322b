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
from backends.simulators.circuits import measured, written
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
