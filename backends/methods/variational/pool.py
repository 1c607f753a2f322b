"""Operators from which ADAPT-VQE grows a circuit."""

from __future__ import annotations

from itertools import combinations, product

from backends.methods.circuit import Gate, basis_state
from backends.methods.variational.ansatz import Turn
from backends.methods.variational.choice import fermions, samples
from backends.methods.variational.hamiltonian_variational import hamiltonian_variational
from backends.systems import QubitSystem, System
from backends.systems.pauli import PauliSum, PauliWord


def pool(system: System) -> tuple[tuple[Gate, ...], tuple[Turn, ...]]:
    """Start and operators, each as a turn about parameter 0; loads no solver.

    Where numbers are fixed: every single and double excitation from the determinant. Otherwise,
    for spins: words on one and on two qubits, with an odd number of Y where the Hamiltonian is
    real (Tang et al., PRX Quantum 2, 020310 (2021)), from the start of the Hamiltonian
    variational ansatz.
    """
    if isinstance(system, QubitSystem) and not system.sector:
        found = samples(system)
        return hamiltonian_variational(found, 1, ()).start, _words(found)
    determinant = fermions(system)
    turns = [
        turn
        for move in (*determinant.singles(), *determinant.doubles())
        for turn in determinant.turns(move, 0)
    ]
    return tuple(basis_state(determinant.basis_state)), tuple(turns)


def _words(found: list[PauliSum]) -> tuple[Turn, ...]:
    qubits = found[0].qubits
    real = not any((word.x & word.z).bit_count() & 1 for one in found for word in one.terms)
    words = []
    for count in (1, 2):
        for places in combinations(range(qubits), count):
            for letters in product("XYZ", repeat=count):
                label = ["I"] * qubits
                for place, letter in zip(places, letters, strict=True):
                    label[qubits - 1 - place] = letter
                if not real or letters.count("Y") % 2:
                    words.append(PauliWord.parse("".join(label)))
    return tuple(Turn(((word, 1.0),), 0) for word in words)
