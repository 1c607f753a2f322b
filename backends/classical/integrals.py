"""Molecular-orbital integrals along a sweep of geometries.

Shapes use ``P`` for points, ``C`` for controls and ``N`` for orbitals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backends.classical import mean_field
from backends.schema.experiment import FloatArray
from backends.systems import Molecule


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Integrals:
    """Integrals over molecular orbitals, hartree.

    Attributes:
        nuclear: Repulsion of the nuclei.
        one: Shape ``(N, N)``.
        two: Shape ``(N, N, N, N)``, chemists' order.
    """

    nuclear: float
    one: FloatArray
    two: FloatArray


def sweep(molecule: Molecule, points: FloatArray) -> Iterator[Integrals]:
    """Integrals in the basis of restricted Hartree-Fock orbitals, one per point.

    Args:
        points: Control values, shape ``(P, C)``.

    Raises:
        ProgramRejected: Hartree-Fock does not converge at a point, which it names.
    """
    from pyscf import ao2mo

    for field in mean_field.sweep(molecule, points):
        orbitals = _with_fixed_signs(field.mo_coeff)
        n = orbitals.shape[1]
        two = ao2mo.restore(1, ao2mo.kernel(field.mol, orbitals), n)
        yield Integrals(
            nuclear=float(field.mol.energy_nuc()),
            one=orbitals.T @ field.get_hcore() @ orbitals,
            two=two.reshape(n, n, n, n),
        )


def _with_fixed_signs(orbitals: FloatArray) -> FloatArray:
    """Make the first clearly non-zero coefficient of each orbital positive."""
    first = np.argmax(np.abs(orbitals) > 1e-6, axis=0)
    signed: FloatArray = orbitals * np.sign(orbitals[first, np.arange(orbitals.shape[1])])
    return signed
