"""Hartree-Fock along a sweep of geometries.

Shapes use ``P`` for points, ``A`` for atoms and ``N`` for orbitals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import Molecule

ENERGY_TOLERANCE = 1e-12
GRADIENT_TOLERANCE = 1e-8
MAX_CYCLES = 300

# A converged density is a good guess only nearby, and where the orbitals are nearly degenerate it
# may lead to another solution than a cold start does: there the cold start decides.
NEARBY_ANGSTROM = 0.3
SAFE_GAP_HARTREE = 0.2


def sweep(molecule: Molecule, points: FloatArray) -> Iterator[Any]:
    """Converged PySCF mean fields, one per point, warm-started from the point before.

    Closed shells are restricted, open shells unrestricted.

    Args:
        points: Control values, shape ``(P, C)``.

    Raises:
        ProgramRejected: The equations do not converge at a point, which it names.
    """
    from pyscf import gto

    placed = molecule.positions(points)
    template: Any = None
    guess: Any = None
    for row, positions in enumerate(placed):
        if template is None:
            template = gto.M(
                atom=[
                    (a.element, tuple(p)) for a, p in zip(molecule.atoms, positions, strict=True)
                ],
                basis=molecule.basis,
                charge=molecule.charge,
                spin=molecule.spin,
                verbose=0,
            )
        geometry = template.set_geom_(positions, unit="Angstrom", inplace=False)
        nearby = row > 0 and np.abs(positions - placed[row - 1]).max() <= NEARBY_ANGSTROM
        field = _solve(geometry, guess if nearby else None)
        if nearby and (not field.converged or _gap(field) < SAFE_GAP_HARTREE):
            field = _solve(geometry, None)
        if not field.converged or not np.isfinite(field.e_tot):
            raise not_converged("Hartree-Fock", row)
        guess = field.make_rdm1() if molecule.spin == 0 else None
        yield field


def not_converged(what: str, row: int) -> ProgramRejected:
    """The error of a point at which an iteration found no answer."""
    return ProgramRejected(
        f"{what} does not converge at point {row}; leave the point out or use another method",
        field=f"/points/{row}",
    )


def _solve(geometry: Any, guess: Any) -> Any:
    from pyscf import scf

    field = scf.UHF(geometry) if geometry.spin else scf.RHF(geometry)
    field.conv_tol = ENERGY_TOLERANCE
    field.conv_tol_grad = GRADIENT_TOLERANCE
    field.max_cycle = MAX_CYCLES
    field.kernel(dm0=guess)
    return field


def _gap(field: Any) -> float:
    """Energy between the highest occupied and the lowest empty orbital, hartree."""
    if field.mo_occ.ndim > 1 or np.all(field.mo_occ > 0):
        return np.inf
    empty = field.mo_energy[field.mo_occ == 0].min()
    return float(empty - field.mo_energy[field.mo_occ > 0].max())
