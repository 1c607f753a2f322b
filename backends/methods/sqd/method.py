"""Sample-based quantum diagonalization of ground states.

Robledo-Moreno et al., "Chemistry beyond the scale of exact diagonalization on a quantum-centric
supercomputer", arXiv:2405.05068: a circuit is read in the
computational basis, and the Hamiltonian is diagonalised in the subspace of the configurations
that were read. The circuit is the optimised one of `backends.methods.variational.vqe`; it only has
to find configurations, so that noise changes which are found, and not what they are worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.problem import mapping_of
from backends.methods.program import Program
from backends.methods.sqd.diagonalization import RESAMPLES, THRESHOLD, Diagonalization
from backends.methods.variational import cost, vqe
from backends.methods.variational import settings as variational
from backends.methods.variational.settings import integer
from backends.schema import Experiment, RunOptions
from backends.schema.experiment import FloatArray
from backends.setting import Between, Settings
from backends.systems import Molecule, QubitSystem, System
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN, Sector

RECOVERY, MOST = "recovery", "max_configurations"
MAX_CONFIGURATIONS = 16_384
SETTINGS: Settings = (
    *variational.VQE,
    (RECOVERY, Between(0, 10)),
    (MOST, Between(1, MAX_CONFIGURATIONS)),
)
ENERGIES = ("energy", "energy_per_site")
DIAGONALIZATION_S, CONFIGURATION_S = 2e-3, 1e-5


def validate(experiment: Experiment, options: RunOptions) -> System:
    """Check what can be sampled and diagonalised, without loading a solver.

    Raises:
        ProgramRejected: Names the field, the value and the allowed values.
    """
    for index, name in enumerate(experiment.observables):
        if name not in ENERGIES:
            raise ProgramRejected(
                f"{name} is not given by sqd, whose subspace is chosen for the energy; allowed: "
                + ", ".join(ENERGIES),
                field=f"/observables/{index}",
            )
    if experiment.knobs:
        raise ProgramRejected(
            f"sqd has no law along {experiment.knobs[0]}; allowed: no knobs", field="/knobs"
        )
    system = vqe.validate(_by_jordan_wigner(experiment), options)
    integer(experiment.settings, MOST)
    if integer(experiment.settings, RECOVERY):
        _check_recovery(system, options)
    return system


def prepare(experiment: Experiment, system: System) -> Program:
    """The optimised circuits, and what solves for their energies."""
    asked = replace(
        _by_jordan_wigner(experiment), observables=(HAMILTONIAN, *experiment.observables)
    )
    made = vqe.prepare(asked, system)
    recovery = integer(experiment.settings, RECOVERY) or 0
    solver = Diagonalization(
        hamiltonians=[row[0] if row else None for row in made.operators],  # type: ignore[misc]  # sums
        factors=[_factors(row) for row in made.operators],
        sector=sector(system),
        combined=isinstance(system, Molecule),
        recovery=recovery,
        most=integer(experiment.settings, MOST),
    )
    facts = made.facts | {
        "subspace": "combinations of the strings of either spin that were read"
        if solver.combined
        else "basis states that were read",
        "recovery": recovery,
        "error": f"root mean square shift of {RESAMPLES} bootstrap samples, and a floor",
        "without_shots": f"all configurations with a probability above {THRESHOLD:g}",
    }
    operators = [row[1:] for row in made.operators]
    return replace(made, operators=operators, facts=facts, solver=solver)


def seconds(experiment: Experiment, system: System) -> float:
    """Of optimising the circuits of all points and diagonalising."""
    runs = RESAMPLES * (1 + (integer(experiment.settings, RECOVERY) or 0))
    each = DIAGONALIZATION_S + CONFIGURATION_S * cost.states(system)
    return cost.vqe_seconds(experiment, system) + runs * each * len(experiment.points)


def sector(system: System) -> Sector:
    """Numbers that every configuration must have; none where nothing is fixed."""
    if isinstance(system, Molecule):
        return mapping_of(system).sector
    return system.sector if isinstance(system, QubitSystem) else ()


def _by_jordan_wigner(experiment: Experiment) -> Experiment:
    """The same question on qubits that are spin orbitals, on which energies do not depend."""
    if experiment.system.get("kind") != Molecule.kind:
        return experiment
    return replace(experiment, system={**experiment.system, "mapping": "jordan_wigner"})


def _check_recovery(system: System, options: RunOptions) -> None:
    if not sector(system):
        raise ProgramRejected(
            f"this {system.kind} fixes no numbers that a configuration could be brought to; "
            f"allowed: {RECOVERY} = 0",
            field=f"/settings/{RECOVERY}",
        )
    if options.shots is None:
        raise ProgramRejected(
            f"{RECOVERY} changes shots, of which there are none; allowed: shots, or 0",
            field=f"/settings/{RECOVERY}",
        )


def _factors(row: Sequence[Any]) -> FloatArray:
    """What each observable is in units of the Hamiltonian, shape ``(O,)``."""
    if not row:
        return np.empty(0)
    hamiltonian: PauliSum = row[0]
    largest = max(hamiltonian.terms, key=lambda word: abs(hamiltonian.terms[word]), default=None)
    if largest is None or not hamiltonian.terms[largest]:
        return np.zeros(len(row) - 1)
    whole = hamiltonian.terms[largest]
    return np.array([one.terms.get(largest, 0.0) / whole for one in row[1:]])
