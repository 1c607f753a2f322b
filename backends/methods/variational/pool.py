"""Operators from which ADAPT-VQE grows a circuit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product

from backends.methods.circuit import Gate, basis_state
from backends.methods.variational.ansatz import Turn
from backends.methods.variational.choice import fermions, samples
from backends.methods.variational.hamiltonian_variational import hamiltonian_variational
from backends.systems import QubitSystem, System
from backends.systems.pauli import PauliSum, PauliWord


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Operators, each as a turn about parameter 0.

    Attributes:
        start: Of the circuit.
        turns: What grows from it.
        wider: What grows from other starts.
    """

    start: tuple[Gate, ...]
    turns: tuple[Turn, ...]
    wider: tuple[Turn, ...]


def pool(system: System) -> Pool:
    """Start and operators; loads no solver.

    Where numbers are fixed: every single and double excitation from the determinant. Otherwise,
    for spins: words on one and on two qubits, with an odd number of Y where the Hamiltonian is
    real (Tang et al., PRX Quantum 2, 020310 (2021)), from the start of the Hamiltonian
    variational ansatz. On singlets, the energy is stationary along all of these, and words on two
    neighbouring bonds join them: ``XYZ`` turns two singlets into triplets. These are taken where
    the start is made of singlets, and from other starts, which exchange turns into some.
    """
    if isinstance(system, QubitSystem) and not system.sector:
        found = samples(system)
        start = hamiltonian_variational(found, 1, ()).start
        qubits = range(found[0].qubits)
        places = [*((q,) for q in qubits), *combinations(qubits, 2)]
        wider = _words(found, [*places, *_chains(found)])
        singlets = any(len(gate.qubits) > 1 for gate in start)
        return Pool(start=start, turns=wider if singlets else _words(found, places), wider=wider)
    determinant = fermions(system)
    turns = tuple(
        turn
        for move in (*determinant.singles(), *determinant.doubles())
        for turn in determinant.turns(move, 0)
    )
    start = tuple(basis_state(determinant.basis_state))
    return Pool(start=start, turns=turns, wider=turns)


def _chains(found: list[PauliSum]) -> list[tuple[int, ...]]:
    """Three qubits that two words of the Hamiltonian join."""
    supports = {word.support for one in found for word in one.terms}
    bonds = sorted(s for s in supports if s.bit_count() == 2)
    chains = {one | two for one, two in combinations(bonds, 2) if one & two}
    return [tuple(q for q in range(found[0].qubits) if s >> q & 1) for s in sorted(chains)]


def _words(found: list[PauliSum], places: list[tuple[int, ...]]) -> tuple[Turn, ...]:
    qubits = found[0].qubits
    real = not any((word.x & word.z).bit_count() & 1 for one in found for word in one.terms)
    words = []
    for some in places:
        for letters in product("XYZ", repeat=len(some)):
            label = ["I"] * qubits
            for place, letter in zip(some, letters, strict=True):
                label[qubits - 1 - place] = letter
            if not real or letters.count("Y") % 2:
                words.append(PauliWord.parse("".join(label)))
    return tuple(Turn(((word, 1.0),), 0) for word in words)
