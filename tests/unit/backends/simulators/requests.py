"""What is asked of the simulators."""

from __future__ import annotations

from typing import Any

from qiskit import QuantumCircuit

from backends.schema import Result, RunOptions
from backends.simulators.device_circuits import (
    compiled,
    placed,
    used_qubits,
)
from backends.simulators.devices import DEFAULT_DEVICE
from backends.systems.pauli import PauliWord
from tests.unit.backends.conftest import turned

ANSATZ = turned("YXXX")

BASES = (PauliWord.parse("XXXX"), PauliWord.parse("ZZZZ"))

SHOTS = RunOptions(shots=4000, seed=3)


def run(backend: Any, experiment: Any, options: RunOptions = SHOTS) -> Result:
    result = backend.submit(experiment, options, token="t")
    assert isinstance(result, Result)
    return result


def circuits() -> list[QuantumCircuit]:
    """The circuit of `ANSATZ` in both bases, compiled for a device."""
    prepared = compiled(DEFAULT_DEVICE, ANSATZ.circuit, BASES)
    used = used_qubits((one.circuit, one.places) for one in prepared)
    return [placed(one.circuit, one.places, used) for one in prepared]


def unmeasured(circuit: QuantumCircuit) -> QuantumCircuit:
    bare = circuit.remove_final_measurements(inplace=False)
    return bare.assign_parameters({p: 0.1 * k for k, p in enumerate(bare.parameters)})
