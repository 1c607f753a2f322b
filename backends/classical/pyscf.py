"""Quantum chemistry by PySCF: Sun et al., J. Chem. Phys. 153, 024109 (2020)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from typing import Any

import numpy as np

from backends.base import Backend, Capabilities, Kind
from backends.classical import chemistry, chemistry_cost, correlation, dipole, mean_field
from backends.classical.mean_field import NotConverged
from backends.schema import Cost, Experiment, Provenance, Result, RunOptions
from backends.schema.experiment import FloatArray
from backends.systems import molecular_observables as named
from backends.systems.active_space import ActiveSpace


class PyscfBackend(Backend):
    """Energies and dipole moments, exact up to convergence thresholds (below 1e-8 hartree)."""

    name = "pyscf"
    title = "PySCF"
    capabilities = Capabilities(
        kind=Kind.CLASSICAL,
        methods=correlation.METHODS,
        exact=True,
        settings=chemistry.SETTINGS,
    )

    def warm(self) -> None:
        """Import what the methods use."""
        for module in ("ao2mo", "cc", "ci", "fci", "gto", "mp", "scf"):
            import_module(f"pyscf.{module}")

    def check(self, experiment: Experiment, options: RunOptions) -> None:
        """Reject what can never run here, without loading PySCF.

        Raises:
            ProgramRejected: Names the field, the value and the allowed values.
        """
        super().check(experiment, options)
        chemistry.validate(experiment)

    def estimate(self, experiment: Experiment, options: RunOptions) -> Cost:
        molecule, space = chemistry.validate(experiment)
        return chemistry_cost.cost(experiment, molecule, space)

    def submit(self, experiment: Experiment, options: RunOptions, *, token: str) -> Result:
        started = datetime.now(UTC)
        self.check(experiment, options)
        molecule, space = chemistry.validate(experiment)
        values = np.full(experiment.shape, np.nan)
        failures = {}
        restricted = experiment.method in correlation.RESTRICTED or not space.covers(
            molecule.orbitals
        )
        fields = mean_field.sweep(molecule, experiment.points, unrestricted=not restricted)
        for row, field in enumerate(fields):
            try:
                values[row] = _answers(experiment, mean_field.check(field), space)
            except NotConverged as error:
                failures[row] = str(error)
        return Result(
            values=values,
            std_errors=np.where(np.isnan(values), np.nan, 0.0),
            options=options,
            failures=failures,
            provenance=Provenance(
                backend=self.name,
                versions={"pyscf": version("pyscf"), "numpy": version("numpy")},
                started_at=started,
                finished_at=datetime.now(UTC),
                details=_details(experiment.method, molecule.spin, space),
            ),
        )


def _answers(experiment: Experiment, field: Any, space: ActiveSpace) -> list[float]:
    """The wanted observables of one mean field.

    Raises:
        NotConverged: Says what, or that a number is not finite.
    """
    names = experiment.observables
    want = chemistry_cost.want(names)
    found = correlation.solve(experiment.method, field, space, want)
    moment = None if found.density is None else dipole.moment(field.mol, found.density)
    values = [_value(name, found.energies, moment) for name in names]
    if not np.isfinite(values).all():
        raise NotConverged(f"{experiment.method} gives a number that is not finite")
    return values


def _value(name: str, energies: Sequence[float], moment: FloatArray | None) -> float:
    if moment is not None and name in named.DIPOLES:
        if name == named.DIPOLE:
            return float(np.linalg.norm(moment))
        return float(moment[named.AXES.index(name)])
    if name == named.GAP:
        return energies[1] - energies[0]
    return energies[chemistry.LEVELS_OF.get(name, 1) - 1]


def _details(method: str, spin: int, space: ActiveSpace) -> dict[str, Any]:
    shells = "restricted open-shell" if method in correlation.RESTRICTED else "unrestricted"
    return {
        "energy": "total: electronic + nuclear + frozen orbitals",
        "unit": "hartree",
        "orbitals": f"{shells if spin else 'restricted'} Hartree-Fock",
        "active_space": {
            "core": space.core,
            "orbitals": space.orbitals,
            "electrons": list(space.electrons),
        },
    }
