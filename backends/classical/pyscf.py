"""Quantum chemistry by PySCF: Sun et al., J. Chem. Phys. 153, 024109 (2020)."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.classical import correlation, mean_field
from backends.errors import ProgramRejected
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import Molecule, check

MAX_DETERMINANTS = 4_000_000

# Orbitals per atom: largest of the first three periods, enough for an estimate.
_ORBITALS = {"sto-3g": (1, 5, 9), "6-31g": (2, 9, 13), "cc-pvdz": (5, 14, 18)}


class PyscfBackend(Backend):
    """Total energies of molecules, exact up to convergence thresholds (below 1e-8 hartree)."""

    name = "pyscf"
    title = "PySCF"
    capabilities = Capabilities(
        kind=Kind.CLASSICAL, methods=("hf", "mp2", "ccsd", "fci"), exact=True
    )

    def warm(self) -> None:
        """Import what the four methods use."""
        for module in ("ao2mo", "cc", "fci", "gto", "mp", "scf"):
            import_module(f"pyscf.{module}")

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading PySCF.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        _molecule(experiment)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        molecule = _molecule(experiment)
        orbitals, determinants = _size(molecule)
        seconds = 0.01 + 1e-7 * orbitals**4
        if experiment.method == "ccsd":
            seconds += 0.05 + 1e-7 * orbitals**6
        if experiment.method == "fci":
            seconds += 2e-6 * determinants * orbitals
        return Cost(
            seconds=0.1 + seconds * len(experiment.points),
            memory_bytes=100_000_000 + 32 * orbitals**4 + 100 * determinants,
        )

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        energies = _energies(experiment, _molecule(experiment))
        values = np.repeat(energies[:, None], len(experiment.observables), axis=1)
        return Result(
            values=values,
            std_errors=np.zeros_like(values),
            options=options,
            provenance=Provenance(
                backend=self.name,
                versions={"pyscf": version("pyscf"), "numpy": version("numpy")},
                started_at=started,
                finished_at=datetime.now(UTC),
                details={"energy": "total: electronic + nuclear", "unit": "hartree"},
            ),
        )


def _energies(experiment: Experiment, molecule: Molecule) -> FloatArray:
    """Total energies in hartree, shape ``(P,)``."""
    solve = correlation.SOLVERS[experiment.method]
    energies = np.empty(len(experiment.points))
    for row, field in enumerate(mean_field.sweep(molecule, experiment.points)):
        try:
            energies[row] = solve(field)
        except correlation.NotConverged:
            raise mean_field.not_converged(experiment.method, row) from None
        if not math.isfinite(energies[row]):
            raise mean_field.not_converged(experiment.method, row)
    return energies


def _molecule(experiment: Experiment) -> Molecule:
    system = check(experiment)
    if not isinstance(system, Molecule):
        raise ProgramRejected(
            f"pyscf cannot run a {system.kind}; allowed: {Molecule.kind}", field="/system/kind"
        )
    _, determinants = _size(system)
    if experiment.method == "fci" and determinants > MAX_DETERMINANTS:
        raise ProgramRejected(
            f"fci needs about {determinants:.1e} determinants; allowed: {MAX_DETERMINANTS:.0e}, "
            "or the methods hf, mp2, ccsd",
            field="/method",
        )
    return system


def _size(molecule: Molecule) -> tuple[int, int]:
    """Orbitals, and determinants of full configuration interaction, from above."""
    hydrogen, second, third = _ORBITALS[molecule.basis]
    heavy = {"H": hydrogen, "He": hydrogen, **dict.fromkeys(("Na", "Mg", "Al", "Si"), third)}
    heavy |= dict.fromkeys(("P", "S", "Cl", "Ar"), third)
    orbitals = sum(heavy.get(atom.element, second) for atom in molecule.atoms)
    up = (molecule.electrons + molecule.spin) // 2
    down = molecule.electrons - up
    if up > orbitals:
        raise ProgramRejected(
            f"{molecule.electrons} electrons do not fit {orbitals} orbitals of {molecule.basis}",
            field="/system/charge",
        )
    return orbitals, math.comb(orbitals, up) * math.comb(orbitals, down)
