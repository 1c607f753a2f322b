"""When the gates of a compiled circuit run, and what happens to qubits between them.

Each gate runs as late as it can, with the recorded durations, and all qubits are read at the same
time. A qubit waits from one of its gates to the next; before its first gate it is in 0, which
neither relaxes nor turns.

Dynamical decoupling fills a wait with X pulses (``XX``) or with X and Y pulses (``XY4``: XYXY) at
equal distances, the first and the last half as far from the ends of the wait: a constant rotation
about Z is undone. Pulses carry the noise of the gate X; those of Y are made of it and a free turn.
Waits less than twice as long as the pulses take are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backends.simulators.device import device, simulation
from backends.simulators.idle import Idle
from backends.simulators.rule import DENSITY

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

SEQUENCES = {"XX": "XX", "XY4": "XYXY"}
LEAST_WAIT = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Scheduled:
    """A circuit with the noise of waiting qubits.

    Attributes:
        circuit: The turn of wait ``k`` is the parameter ``theta_(first + k)``.
        waits: Qubit and seconds of each piece of waiting.
        pulses: How many were inserted.
    """

    circuit: QuantumCircuit
    waits: tuple[tuple[int, float], ...]
    pulses: int


def scheduled(
    circuit: QuantumCircuit,
    *,
    name: str,
    used: tuple[int, ...],
    idle: Idle,
    sequence: str,
    first: int,
) -> Scheduled:
    """Put noise, and pulses if there is a sequence, where qubits of a circuit wait.

    Args:
        circuit: In the device's gates, on its used qubits numbered from 0.
        name: Of the device.
        sequence: One of `SEQUENCES`, or empty.
        first: Number of angles that the circuit has.
    """
    writer = _Writer(circuit, name=name, used=used, idle=idle, first=first)
    after = waits(circuit, name, used)
    for index, instruction in enumerate(circuit.data):
        writer.circuit.append(instruction)
        for qubit, seconds in after.get(index, ()):
            writer.wait(qubit, seconds, sequence)
    return Scheduled(writer.circuit, tuple(writer.waits), writer.pulses)


def waits(
    circuit: QuantumCircuit, name: str, used: tuple[int, ...]
) -> dict[int, list[tuple[int, float]]]:
    """Qubits that wait after each instruction, and how long in seconds."""
    free: dict[int, float] = {}  # how long before the measurement each qubit's next gate starts
    found: dict[int, list[tuple[int, float]]] = {}
    for index in reversed(range(len(circuit.data))):
        instruction = circuit.data[index]
        if instruction.operation.name in {"measure", "barrier"}:
            continue
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        end = max(free.get(qubit, 0.0) for qubit in qubits)
        for qubit in qubits:
            gap = end - free.get(qubit, 0.0)
            if gap > 1e-12:
                found.setdefault(index, []).append((qubit, gap))
        started = end + duration(name, instruction.operation.name, tuple(used[q] for q in qubits))
        free.update(dict.fromkeys(qubits, started))
    return found


def duration(name: str, gate: str, qubits: tuple[int, ...]) -> float:
    """Recorded duration of a gate in seconds; of the other direction where only that is known."""
    known = device(name).target[gate]
    recorded = known.get(qubits) or known.get(qubits[::-1])
    return float(getattr(recorded, "duration", None) or 0.0)


class _Writer:
    """Collects a circuit with its waits."""

    def __init__(
        self, circuit: QuantumCircuit, *, name: str, used: tuple[int, ...], idle: Idle, first: int
    ) -> None:
        self.circuit = circuit.copy_empty_like()
        self.waits: list[tuple[int, float]] = []
        self.pulses = 0
        self._name, self._used, self._idle, self._first = name, used, idle, first

    def wait(self, qubit: int, seconds: float, sequence: str) -> None:
        letters = SEQUENCES.get(sequence, "")
        pulse = duration(self._name, "x", (self._used[qubit],))
        if not letters or seconds < LEAST_WAIT * len(letters) * pulse:
            self._noise(qubit, seconds)
            return
        step = (seconds - len(letters) * pulse) / len(letters)
        self._noise(qubit, step / 2)
        for letter, gap in _spaced(letters, step):
            self._pulse(qubit, letter)
            self._noise(qubit, gap)

    def _pulse(self, qubit: int, letter: str) -> None:
        from math import pi

        if letter == "Y":
            self.circuit.rz(pi, qubit)
        self.circuit.x(qubit)
        self.pulses += 1

    def _noise(self, qubit: int, seconds: float) -> None:
        from qiskit.circuit import Parameter

        if self._idle.detuning_khz:
            turn = Parameter(f"theta_{self._first + len(self.waits)}")
            self.circuit.p(turn, qubit)
            self.waits.append((qubit, seconds))
        if self._idle.relaxes:
            dense = simulation(len(self._used)) == DENSITY
            self.circuit.append(_relaxing(self._name, self._used[qubit], seconds, dense), [qubit])


def _spaced(letters: str, step: float) -> Iterator[tuple[str, float]]:
    """Each pulse with the wait that follows it."""
    for place, letter in enumerate(letters):
        yield letter, step if place + 1 < len(letters) else step / 2


@lru_cache(maxsize=4096)
def _relaxing(name: str, qubit: int, seconds: float, dense: bool) -> Any:
    """Relaxation of a device's qubit as an instruction: one matrix for a density matrix."""
    from qiskit.circuit import Instruction
    from qiskit.quantum_info import SuperOp
    from qiskit_aer.noise import thermal_relaxation_error

    known = device(name).target.qubit_properties[qubit]
    t1 = known.t1 or float("inf")
    error = thermal_relaxation_error(t1, min(known.t2 or float("inf"), 2 * t1), seconds)
    return Instruction("superop", 1, 0, [SuperOp(error).data]) if dense else error.to_instruction()
