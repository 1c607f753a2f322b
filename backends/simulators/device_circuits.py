"""Circuits compiled for a recorded device, kept by their structure.

The layout is chosen by the errors of the calibration, the same for all measurement groups, and the
same each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backends.methods.circuit import Circuit, Gate
from backends.simulators.circuits import measured, read, written
from backends.simulators.compiled import Compiled, Spread
from backends.simulators.device import device
from backends.simulators.folding import fold
from backends.systems.pauli import PauliWord

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

TRANSPILER_SEED = 7
OPTIMIZATION_LEVEL = 3
MOST_KEPT = 64

Key = tuple[str, Circuit, tuple[PauliWord, ...]]
_kept: OrderedDict[Key, tuple[Compiled, ...]] = OrderedDict()
_new: list[Key] = []


def compiled(name: str, circuit: Circuit, bases: tuple[PauliWord, ...]) -> tuple[Compiled, ...]:
    """The circuit measured in each basis, in the device's gates and all on the same qubits."""
    key = (name, circuit, bases)
    if key not in _kept:
        keep(key, compile_anew(key))
        _new.append(key)
    _kept.move_to_end(key)
    return _kept[key]


def keep(key: Key, circuits: tuple[Compiled, ...]) -> None:
    """Remember what was compiled elsewhere."""
    _kept[key] = circuits
    while len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)


def newly_compiled() -> tuple[Key, ...]:
    """What this process had to compile."""
    return tuple(_new)


def compile_anew(key: Key) -> tuple[Compiled, ...]:
    """Compile, whatever is kept."""
    from qiskit import transpile

    name, circuit, bases = key
    layout, found = None, []
    for basis in bases:
        fitted = transpile(
            measured(written(circuit), basis),
            target=device(name).target,
            initial_layout=layout,
            optimization_level=OPTIMIZATION_LEVEL,
            seed_transpiler=TRANSPILER_SEED,
        )
        layout = layout or fitted.layout.initial_index_layout(filter_ancillas=True)
        found.append(_compiled(fitted, circuit.angles))
    return tuple(found)


def used_qubits(circuits: Iterable[tuple[Circuit, Sequence[int]]]) -> tuple[int, ...]:
    """Qubits of the device on which some circuits act or are read, sorted."""
    used: set[int] = set()
    for circuit, places in circuits:
        used.update(places, *(gate.qubits for gate in circuit.gates))
    return tuple(sorted(used))


@lru_cache(maxsize=512)
def placed(circuit: Circuit, places: tuple[int, ...], used: tuple[int, ...]) -> QuantumCircuit:
    """A compiled circuit on its used qubits alone, measured in Z."""
    return read(written(renumbered(circuit, used)), tuple(map(used.index, places)))


def renumbered(circuit: Circuit, used: tuple[int, ...]) -> Circuit:
    """The circuit on the device's used qubits, numbered from 0."""
    new = {qubit: place for place, qubit in enumerate(used)}
    gates = tuple(
        Gate(gate.name, tuple(new[qubit] for qubit in gate.qubits), gate.angle)
        for gate in circuit.gates
    )
    return Circuit(len(used), gates, circuit.angles)


@lru_cache(maxsize=256)
def folded(
    circuit: Circuit, places: tuple[int, ...], used: tuple[int, ...], gain: float
) -> QuantumCircuit:
    """The circuit of `placed` with its gate noise amplified.

    Raises:
        ProgramRejected: The gain cannot be reached by folding.
    """
    return fold(placed(circuit, places, used), gain)


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
