"""The circuits of one job, in the device's gates, with the angles of all points as sweeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit, Gate
from backends.qpu.braket_entries import Entry
from backends.simulators import cirq_circuits


def compiled(entries: Sequence[Entry], device: Any, shots: int) -> tuple[list[Any], list[Any]]:
    """A circuit for each entry, with its sweep.

    Raises:
        ProgramRejected: They do not fit onto the device, or into a request.
    """
    import cirq
    from cirq_google import CIRCUIT_SERIALIZER
    from cirq_google.engine import engine_validator

    metadata = getattr(device, "metadata", None)
    gatesets = getattr(metadata, "compilation_target_gatesets", ())
    if metadata is None or not gatesets:
        raise ProgramRejected("the processor does not say which gates it has")
    router = cirq.RouteCQC(metadata.nx_graph)
    mapper = cirq.LineInitialMapper(metadata.nx_graph)
    circuits, sweeps = [], []
    try:
        for entry in entries:
            plain = cirq_circuits.written(_two_qubit_gates_fixed(entry.circuit))
            asked = cirq_circuits.measured(plain, entry.basis, entry.circuit.qubits)
            routed = router(asked, initial_mapper=mapper)
            fitted = cirq.optimize_for_target_gateset(routed, gateset=gatesets[0])
            ready = _keyed(cirq.drop_empty_moments(fitted))
            device.validate_circuit(ready)
            circuits.append(ready)
            sweeps.append(_sweep(entry))
        engine_validator.validate_for_engine(circuits, sweeps, shots)
        engine_validator.validate_program(circuits, sweeps, shots, CIRCUIT_SERIALIZER)
    except (ValueError, RuntimeError) as error:
        raise ProgramRejected(
            f"the circuit does not fit onto the processor: {str(error)[:300]}", field="/system"
        ) from error
    return circuits, sweeps


def _keyed(circuit: Any) -> Any:
    """Each qubit measured under a key of its own, the last qubit's first.

    Of the qubits under one key the client forgets which is which.
    """
    import cirq

    def split(operation: Any, _: int) -> Any:
        if not cirq.is_measurement(operation):
            return operation
        return [cirq.measure(one, key=str(k)) for k, one in enumerate(operation.qubits)]

    return cirq.map_operations_and_unroll(circuit, split)


def _sweep(entry: Entry) -> Any:
    """Each angle takes its values point by point."""
    import cirq

    columns = entry.columns
    if not columns:
        return cirq.UnitSweep
    return cirq.Zip(*(cirq.Points(f"theta_{k}", entry.angles[:, k].tolist()) for k in columns))


def _two_qubit_gates_fixed(circuit: Circuit) -> Circuit:
    """No angle in a gate on two qubits, which the compiler would leave as it is."""
    return replace(circuit, gates=tuple(_gates(circuit)))


def _gates(circuit: Circuit) -> Iterator[Gate]:
    for gate in circuit.gates:
        if gate.name == "rzz":
            yield Gate("cx", gate.qubits)
            yield Gate("rz", gate.qubits[1:], gate.angle)
            yield Gate("cx", gate.qubits)
        else:
            yield gate
