"""The variational quantum eigensolver: Peruzzo et al., Nat. Commun. 5, 4213 (2014).

The angles are optimised on a noise-free state vector, by classical simulation; a device or
simulator then measures the energy of the circuits with these angles. Shots are counted per
measurement group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.classical import integrals
from backends.errors import ProgramRejected
from backends.methods.ansatz import Ansatz, two_electron_ansatz, two_electron_mapping
from backends.methods.grouping import Group, group
from backends.methods.hamiltonian import hamiltonian
from backends.methods.rotosolve import minimise
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import Molecule, check
from backends.systems.pauli import PauliSum

MIN_SHOTS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Everything that is measured: one ansatz and one set of groups for all ``P`` points.

    Attributes:
        hamiltonians: Total energy of each point.
        parameters: Optimised angles, shape ``(P, T)``.
        groups: Measurement groups that cover the terms of every point.
    """

    ansatz: Ansatz
    hamiltonians: tuple[PauliSum, ...]
    parameters: FloatArray
    groups: tuple[Group, ...]

    @property
    def mixed_values(self) -> FloatArray:
        """Energy of the maximally mixed state of the qubits that are run, shape ``(P,)``."""
        return np.array([operator.mixed_value for operator in self.hamiltonians])

    def details(self) -> dict[str, Any]:
        """Facts for the provenance."""
        return {
            "energy": "total: electronic + nuclear",
            "unit": "hartree",
            "optimisation": "classical simulation: noise-free state vector, Rotosolve",
            "rotations": [word.label(self.ansatz.qubits) for word in self.ansatz.rotations],
            "qubits": self.ansatz.qubits,
            "groups": [g.basis.label(self.ansatz.qubits) for g in self.groups],
            "shots_are": "per point and measurement group",
        }


def validate(experiment: Experiment, options: RunOptions) -> Molecule:
    """Check what VQE can run, without loading a solver.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    system = check(experiment)
    if not isinstance(system, Molecule):
        raise ProgramRejected(
            f"vqe cannot run a {system.kind}; allowed: {Molecule.kind}", field="/system/kind"
        )
    two_electron_ansatz(system)
    if options.shots is not None and options.shots < MIN_SHOTS:
        raise ProgramRejected(
            f"shots = {options.shots}; allowed: {MIN_SHOTS} or more, for a statistical error",
            field="/shots",
        )
    return system


def prepare(molecule: Molecule, points: FloatArray) -> Program:
    """Build and optimise the program, each point starting at the angles of the one before.

    Args:
        points: Control values, shape ``(P, C)``.

    Raises:
        ProgramRejected: The molecule has no ansatz, or Hartree-Fock fails at a point.
    """
    ansatz = two_electron_ansatz(molecule)
    mapping = two_electron_mapping(molecule)
    operators = tuple(hamiltonian(i, mapping) for i in integrals.sweep(molecule, points))
    angles = np.zeros((len(points), len(ansatz.rotations)))
    start = angles[:1].ravel()
    for row, operator in enumerate(operators):
        start = angles[row] = minimise(_energy(operator, ansatz), start)
    return Program(
        ansatz=ansatz,
        hamiltonians=operators,
        parameters=angles,
        groups=group(_words(operators)),
    )


def _energy(operator: PauliSum, ansatz: Ansatz) -> Any:
    return lambda angles: operator.expectation(ansatz.state(angles))


def _words(operators: Iterable[PauliSum]) -> set[Any]:
    return {word for operator in operators for word in operator.terms}
