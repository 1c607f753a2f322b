"""The variational quantum eigensolver: Peruzzo et al., Nat. Commun. 5, 4213 (2014).

The angles are optimised on a noise-free state vector, by classical simulation; a device or
simulator then measures the energy of the circuits with these angles. Shots are counted per
measurement group.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.ansatz import Ansatz, two_electron_ansatz
from backends.methods.problem import linear_observables, problem
from backends.methods.program import Part, Program
from backends.methods.rotosolve import minimise
from backends.schema import Experiment, RunOptions
from backends.systems import Molecule, check
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN


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
    for index, name in enumerate(experiment.observables):
        if name not in linear_observables(system):
            raise ProgramRejected(
                f"vqe does not give {name}; allowed: {', '.join(linear_observables(system))}",
                field=f"/observables/{index}",
            )
    two_electron_ansatz(system)
    return system


def prepare(experiment: Experiment, molecule: Molecule) -> Program:
    """Build and optimise the program, each point starting at the angles of the one before.

    Raises:
        ProgramRejected: The molecule has no ansatz, or Hartree-Fock fails at a point.
    """
    ansatz = two_electron_ansatz(molecule)
    points = experiment.points
    found = problem(molecule, points)
    for row, reason in found.failures.items():
        raise ProgramRejected(f"{reason} at point {row}", field=f"/points/{row}")
    operators = tuple(row[HAMILTONIAN] for row in found.operators)
    angles = np.zeros((len(points), len(ansatz.rotations)))
    start = angles[:1].ravel()
    for row, operator in enumerate(operators):
        start = angles[row] = minimise(_energy(operator, ansatz), start)
    part = Part(rows=np.arange(len(points)), circuit=ansatz.circuit(), angles=angles)
    return Program(
        parts=(part,),
        operators=[[row[name] for name in experiment.observables] for row in found.operators],
        facts={
            "energy": "total: electronic + nuclear",
            "unit": "hartree",
            "optimisation": "classical simulation: noise-free state vector, Rotosolve",
            "rotations": [word.label(ansatz.qubits) for word in ansatz.rotations],
        },
        raw=[{"parameters": row.tolist()} for row in angles],
    )


def _energy(operator: PauliSum, ansatz: Ansatz) -> Any:
    return lambda angles: operator.expectation(ansatz.state(angles))
