"""Layers of single-qubit rotations with a line of ``cx`` between them.

Kandala et al., Nature 549, 242 (2017). A real Hamiltonian has real ground states, which ``ry``
alone can make; otherwise each ``ry`` is followed by an ``rz``. Nothing is conserved.

A line of ``cz`` would not do: with ``ry`` it stays on a manifold of 10 of the 15 dimensions of real
states of four qubits, 15 of 31 on five, however many layers there are.
"""

from __future__ import annotations

from backends.methods.circuit import Gate
from backends.methods.variational.ansatz import Ansatz, Turn
from backends.systems.pauli import PauliWord


def hardware_efficient(qubits: int, layers: int, *, real: bool) -> Ansatz:
    """``layers`` entangling lines, so ``layers + 1`` times the rotations."""
    steps: list[Turn | Gate] = []
    count = 0
    for layer in range(layers + 1):
        if layer:
            steps += [Gate("cx", (q, q + 1)) for q in range(qubits - 1)]
        for bit in (1 << q for q in range(qubits)):
            for word in [PauliWord(bit, bit)] + ([] if real else [PauliWord(0, bit)]):
                steps.append(Turn(((word, 1.0),), count))
                count += 1
    return Ansatz(
        name="hardware_efficient", qubits=qubits, start=(), steps=tuple(steps), parameters=count
    )
