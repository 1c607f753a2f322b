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
        energies, failures = _energies(experiment, _molecule(experiment))
        values = np.repeat(energies[:, None], len(experiment.observables), axis=1)
        return Result(
            values=values,
            std_errors=np.zeros_like(values),
            options=options,
            failures=failures,
            provenance=Provenance(
                backend=self.name,
                versions={"pyscf": version("pyscf"), "numpy": version("numpy")},
                started_at=started,
                finished_at=datetime.now(UTC),
                details={"energy": "total: electronic + nuclear", "unit": "hartree"},
            ),
        )


def _energies(experiment: Experiment, molecule: Molecule) -> tuple[FloatArray, dict[int, str]]:
    """Total energies in hartree, shape ``(P,)``, NaN where there is none, and why."""
    solve = correlation.SOLVERS[experiment.method]
    open_shell = experiment.method != "fci"
    energies = np.full(len(experiment.points), np.nan)
    failures = {}
    fields = mean_field.sweep(molecule, experiment.points, unrestricted=open_shell)
    for row, field in enumerate(fields):
        try:
            energies[row] = solve(mean_field.check(field), molecule.space)
        except mean_field.NotConverged as error:
            failures[row] = str(error)
    return energies, failures


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
    """Orbitals of the basis, and determinants of the active space."""
    up, down = molecule.space.electrons
    active = molecule.space.orbitals
    return molecule.orbitals, math.comb(active, up) * math.comb(active, down)
