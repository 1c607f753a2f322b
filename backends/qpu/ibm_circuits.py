"""Circuits in a computer's own gates, with their angles left open.

The layout is chosen once for a circuit, by the calibration, and kept for all measurement groups.
Noise is amplified by repeating compiled gates; nothing optimises them afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit
from backends.qpu.ibm_share import Share
from backends.schema.experiment import FloatArray
from backends.simulators.circuits import measured, written
from backends.simulators.folding import fold, two_qubit_gates
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import Target

TRANSPILER_SEED = 7


def compiled(
    circuit: Circuit, bases: Sequence[PauliWord], target: Target, level: int
) -> list[QuantumCircuit]:
    """The circuit measured in each basis, all on the same qubits."""
    from qiskit import transpile

    layout, found = None, []
    for basis in bases:
        fitted = transpile(
            measured(written(circuit), basis),
            target=target,
            initial_layout=layout,
            optimization_level=level,
            seed_transpiler=TRANSPILER_SEED,
        )
        layout = layout or fitted.layout.initial_index_layout(filter_ancillas=True)
        found.append(fitted)
    return found


def unmeasured(circuit: Circuit, target: Target, level: int) -> QuantumCircuit:
    """The circuit without a measurement, which an estimator adds itself."""
    from qiskit import transpile

    plain = written(circuit)
    plain.remove_final_measurements(inplace=True)
    return transpile(
        plain, target=target, optimization_level=level, seed_transpiler=TRANSPILER_SEED
    )


def amplified(circuit: QuantumCircuit, share: Share) -> QuantumCircuit:
    """The circuit with its noise at the share's gain.

    Raises:
        ProgramRejected: No number of folds has this gain; names the nearest ones.
    """
    if share.gain == 1.0:
        return circuit
    try:
        return fold(circuit, share.gain)
    except ProgramRejected as rejected:
        at = f"{rejected.field}/{int(share.rows[0])}"
        raise ProgramRejected(str(rejected), field=at) from None


def facts(circuit: QuantumCircuit) -> dict[str, Any]:
    """What is worth knowing of a compiled circuit; IBM sends it back with the result."""
    touched = {
        circuit.find_bit(qubit).index
        for instruction in circuit.data
        if instruction.operation.name != "barrier"
        for qubit in instruction.qubits
    }
    return {
        "qubits": sorted(touched),
        "two_qubit_gates": two_qubit_gates(circuit),
        "depth": circuit.depth(),
    }


def bindings(circuit: QuantumCircuit, angles: FloatArray) -> dict[Any, FloatArray]:
    """Columns of angles, shape ``(..., T)``, for all of the circuit's parameters together.

    An array for each parameter would leave open whether its last axis is of points.
    """
    names = tuple(circuit.parameters)
    columns = [int(parameter.name.removeprefix("theta_")) for parameter in names]
    return {names: angles[..., columns]}
