"""Trial states: a reference determinant followed by rotations about Pauli words.

Each excitation of unitary coupled cluster is represented by one word of its generator, which on two
electrons in two orbitals moves the same amplitudes as the whole generator at an eighth of the gates
(Yordanov et al., Commun. Phys. 4, 228 (2021), discuss such qubit excitations):
``|psi> = prod_k exp(-i theta_k P_k / 2) |reference>``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.circuit import Circuit, basis_state, rotation
from backends.methods.mapping import QubitMapping
from backends.schema.experiment import FloatArray
from backends.systems import Molecule
from backends.systems.pauli import ComplexArray, PauliWord


@dataclass(frozen=True, slots=True)
class Ansatz:
    """A circuit structure with ``T`` parameters, one per rotation, in the order of application.

    Attributes:
        reference: Basis state on which the rotations act.
    """

    qubits: int
    reference: int
    rotations: tuple[PauliWord, ...]

    def circuit(self) -> Circuit:
        """The same as gates, one angle per rotation."""
        turns = (gate for k, word in enumerate(self.rotations) for gate in rotation(word, k))
        return Circuit(self.qubits, (*basis_state(self.reference), *turns), len(self.rotations))

    def state(self, parameters: FloatArray) -> ComplexArray:
        """State vector of shape ``(2**n,)`` for parameters of shape ``(T,)``."""
        state = np.zeros(2**self.qubits, dtype=np.complex128)
        state[self.reference] = 1.0
        for word, angle in zip(self.rotations, parameters, strict=True):
            state = np.cos(angle / 2) * state - 1j * np.sin(angle / 2) * word.apply(state)
        return state


def two_electron_mapping(molecule: Molecule) -> QubitMapping:
    """The qubits of a molecule with two paired electrons in two orbitals.

    Raises:
        ProgramRejected: The ansatz does not fit the molecule.
    """
    small = all(atom.element in {"H", "He"} for atom in molecule.atoms)
    fits = small and len(molecule.atoms) == 2 and molecule.basis == "sto-3g"
    if not fits or molecule.space.orbitals != 2 or molecule.electrons != 2 or molecule.spin:
        found = "".join(atom.element for atom in molecule.atoms)
        raise ProgramRejected(
            f"vqe has no ansatz for {found} with {molecule.electrons} electrons, spin "
            f"{molecule.spin}, in {molecule.basis}; allowed: two paired electrons in two orbitals "
            "(H2, or HeH with charge 1, in sto-3g)",
            field="/system",
        )
    return QubitMapping(name=molecule.mapping, orbitals=2, electrons=(1, 1))


def two_electron_ansatz(molecule: Molecule) -> Ansatz:
    """Exact ansatz for two electrons in two orbitals.

    The double excitation is enough where the orbitals differ in symmetry, as for two equal atoms;
    otherwise single excitations of both spins follow.

    Raises:
        ProgramRejected: The ansatz does not fit the molecule.
    """
    mapping = two_electron_mapping(molecule)
    words = [PauliWord.parse("YXXX")]
    if molecule.atoms[0].element != molecule.atoms[1].element:
        words += [PauliWord.parse("IIYX"), PauliWord.parse("YXII")]
    rotations = tuple(mapping.word(word)[0] for word in words)
    return Ansatz(mapping.qubits, mapping.bits(0b0101), rotations)
