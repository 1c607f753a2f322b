"""What every outcome of a noise-free circuit must satisfy, read off the circuit.

Parities: a product of the measured letters, carried back through the circuit (Heisenberg picture),
is a check when it commutes with every rotation on its way, whatever the angles are, and arrives at
a product of Z. Which products do is a linear system over two elements: the stabilisers that the
structure of the circuit leaves (Bonet-Monroig et al., Phys. Rev. A 98, 062339 (2018)).
Numbers: the conserved numbers of the system's sector, where the noise-free state has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backends.methods.circuit import Circuit
from backends.methods.grouping import Group
from backends.mitigation import ideal
from backends.mitigation.gates import conjugated, generator
from backends.mitigation.task import Task
from backends.systems.pauli import PauliWord
from backends.systems.qubit_system import Sector

NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Conditions on the bits that a group's measurement gives.

    Attributes:
        parities: Masks, and the parity of the bits in each.
        numbers: Masks, and how many of the bits in each are 1.
    """

    parities: tuple[tuple[int, int], ...] = ()
    numbers: Sector = ()

    def __bool__(self) -> bool:
        return bool(self.parities or self.numbers)

    def passes(self, outcome: int) -> bool:
        """Whether an outcome satisfies all."""
        return all((outcome & mask).bit_count() & 1 == odd for mask, odd in self.parities) and all(
            (outcome & mask).bit_count() == count for mask, count in self.numbers
        )


def checks(task: Task, group: Group) -> Checks:
    """Everything that can be checked of a group's outcomes."""
    return Checks(
        parities=parities(task.circuit, group.basis),
        numbers=tuple(
            (mask, count)
            for mask, count in task.sector
            if not group.basis.x & mask and _conserved(task, mask, count)
        ),
    )


@lru_cache(maxsize=256)
def parities(circuit: Circuit, basis: PauliWord) -> tuple[tuple[int, int], ...]:
    """Independent parities of the measured letters that hold at all angles."""
    words = [_letter(basis, qubit) for qubit in range(circuit.qubits)]
    constraints: set[int] = set()
    for gate in reversed(circuit.gates):
        axis = generator(gate)
        if axis is None:
            words = [conjugated(gate, word, inverse=True)[0] for word in words]
        else:
            constraints.add(_mask([not word.commutes(axis) for word in words]))
    for qubit in range(circuit.qubits):
        constraints.add(_mask([bool(word.x >> qubit & 1) for word in words]))
    free = _null_space(constraints, circuit.qubits)
    return tuple((mask, _odd(circuit, basis, mask)) for mask in free)


def _letter(basis: PauliWord, qubit: int) -> PauliWord:
    bit = 1 << qubit
    return PauliWord(basis.x & bit, basis.z & bit) if basis.support & bit else PauliWord(0, bit)


def _odd(circuit: Circuit, basis: PauliWord, mask: int) -> int:
    """1 where the product of the letters of a mask is -1 in the circuit's state."""
    x = basis.x & mask
    word, total = PauliWord(x, basis.z & mask | mask & ~basis.support), 1
    for gate in reversed(circuit.gates):
        if generator(gate) is None:
            word, sign = conjugated(gate, word, inverse=True)
            total *= sign
    return int(total < 0)


def _mask(flags: list[bool]) -> int:
    return sum(1 << place for place, flag in enumerate(flags) if flag)


def _null_space(constraints: set[int], size: int) -> list[int]:
    """Bit vectors that have an even overlap with every constraint; independent ones."""
    pivots: dict[int, int] = {}
    for constraint in constraints:
        row = constraint
        for place, pivot in pivots.items():
            if row >> place & 1:
                row ^= pivot
        if row:
            lead = row.bit_length() - 1
            pivots = {p: v ^ row if v >> lead & 1 else v for p, v in pivots.items()}
            pivots[lead] = row
    free = [place for place in range(size) if place not in pivots]
    return [
        1 << place | sum(1 << lead for lead, row in pivots.items() if row >> place & 1)
        for place in free
    ]


def _conserved(task: Task, mask: int, count: int) -> bool:
    if task.circuit.qubits > ideal.MOST_QUBITS:
        return False
    states = ideal.states(task.circuit, task.angles)
    index = np.arange(states.shape[1])
    outside = np.bitwise_count(index & mask) != count
    return bool((np.abs(states[:, outside]) ** 2).sum() < NEGLIGIBLE)
