"""Unitary coupled cluster from a determinant, in one Trotter step.

- ``uccsd``: every double excitation in the order of the spin orbitals (emptied ones first), then
  every single one, each with its own parameter. The order of a product matters (Grimsley et al.,
  J. Chem. Theory Comput. 16, 1 (2020)); this is ours.
- ``pair``: k-UpCCGSD (Lee, Huggins, Head-Gordon and Whaley, J. Chem. Theory Comput. 15, 311
  (2019)): in each of ``layers`` layers, every pair of orbitals exchanges two paired electrons, then
  one electron of either spin by one parameter.
- ``two_electron``: two electrons in two orbitals. One word of the double excitation moves the same
  amplitudes as all eight (Yordanov et al., Commun. Phys. 4, 228 (2021), discuss such qubit
  excitations) and is enough where the orbitals differ in symmetry, as for two equal atoms;
  otherwise single excitations of both spins follow.
"""

from __future__ import annotations

from itertools import combinations

from backends.methods.circuit import Gate, basis_state
from backends.methods.mapping import QubitMapping
from backends.methods.variational.ansatz import Ansatz, Turn
from backends.methods.variational.excitations import Fermions
from backends.systems.pauli import PauliWord


def uccsd(fermions: Fermions, qubits: int) -> Ansatz:
    """All doubles, then all singles."""
    steps: list[Turn] = []
    for move in (*fermions.doubles(), *fermions.singles()):
        steps += fermions.turns(move, len(steps))
    return _ansatz("uccsd", fermions, qubits, steps, len(steps))


def pair(fermions: Fermions, qubits: int, layers: int) -> Ansatz:
    """k-UpCCGSD with ``layers`` for k."""
    orbitals, steps, parameters = fermions.pairs, [], 0
    for _ in range(layers):
        for (p_up, p_down), (q_up, q_down) in combinations(orbitals, 2):
            made = fermions.turns(((q_up, q_down), (p_up, p_down)), parameters)
            steps += made
            parameters += bool(made)
        for (p_up, p_down), (q_up, q_down) in combinations(orbitals, 2):
            made = fermions.turns(((q_up,), (p_up,)), parameters)
            made += fermions.turns(((q_down,), (p_down,)), parameters)
            steps += made
            parameters += bool(made)
    return _ansatz("pair", fermions, qubits, steps, parameters)


def two_electron(mapping: QubitMapping, *, equal: bool) -> Ansatz:
    """Exact for two electrons in two orbitals, at the fewest gates.

    Args:
        equal: Whether the orbitals differ in symmetry.
    """
    words = [PauliWord.parse("YXXX")]
    if not equal:
        words += [PauliWord.parse("IIYX"), PauliWord.parse("YXII")]
    steps = [Turn(((mapping.word(word)[0], 1.0),), k) for k, word in enumerate(words)]
    return Ansatz(
        name="two_electron",
        qubits=mapping.qubits,
        start=tuple(basis_state(mapping.bits(0b0101))),
        steps=tuple(steps),
        parameters=len(steps),
    )


def _ansatz(
    name: str, fermions: Fermions, qubits: int, steps: list[Turn], parameters: int
) -> Ansatz:
    start: tuple[Gate, ...] = tuple(basis_state(fermions.basis_state))
    return Ansatz(name=name, qubits=qubits, start=start, steps=tuple(steps), parameters=parameters)
