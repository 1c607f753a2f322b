"""Molecular-orbital integrals of the active space along a sweep of geometries.

Shapes use ``P`` for points, ``C`` for controls, ``M`` for orbitals of the basis and ``N`` for
active ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.classical import dipole, mean_field
from backends.classical.mean_field import NotConverged
from backends.schema.experiment import FloatArray
from backends.systems import Molecule
from backends.systems.active_space import ActiveSpace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneElectron:
    """``constant + sum m_pq E_pq`` over active orbitals: matrix of shape ``(N, N)``."""

    constant: float
    matrix: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Integrals:
    """Integrals over active molecular orbitals, hartree.

    Attributes:
        constant: Repulsion of the nuclei, and the energy of the frozen orbitals.
        one: Shape ``(N, N)``, the field of the frozen orbitals included.
        two: Shape ``(N, N, N, N)``, chemists' order.
        dipole: Components along x, y and z, debye; empty without a geometry.
    """

    constant: float
    one: FloatArray
    two: FloatArray
    dipole: tuple[OneElectron, ...] = ()


def sweep(molecule: Molecule, points: FloatArray) -> Iterator[Integrals | NotConverged]:
    """Integrals in the basis of restricted Hartree-Fock orbitals, or why there are none.

    Args:
        points: Control values, shape ``(P, C)``.
    """
    for field in mean_field.sweep(molecule, points):
        try:
            yield of(mean_field.check(field), molecule.space)
        except NotConverged as error:
            yield error


def of(field: Any, space: ActiveSpace) -> Integrals:
    """Integrals over the active orbitals of one restricted mean field.

    With the density ``D`` of the frozen orbitals and their field ``V = J(D) - K(D) / 2``, the
    constant is ``E_nuc + tr D (h + V / 2)`` and the one-electron part ``h + V``.
    """
    from pyscf import ao2mo

    core, active = chosen(field, space)
    bare, constant = field.get_hcore(), float(field.energy_nuc())
    one = bare
    if space.core:
        density = 2 * core @ core.T
        coulomb, exchange = field.get_jk(dm=density)
        screened = coulomb - exchange / 2
        one = bare + screened
        constant += float(np.einsum("ij,ji->", density, bare + screened / 2))
    n = space.orbitals
    repulsion = field.mol if field._eri is None else field._eri
    two = ao2mo.restore(1, ao2mo.kernel(repulsion, active), n)
    return Integrals(
        constant=constant,
        one=active.T @ one @ active,
        two=np.asarray(two).reshape(n, n, n, n),
        dipole=_dipole(field.mol, core, active),
    )


def _dipole(geometry: Any, core: FloatArray, active: FloatArray) -> tuple[OneElectron, ...]:
    if not geometry.natm:
        return ()
    return tuple(
        OneElectron(
            constant=2 * float(np.einsum("ip,ij,jp->", core, place, core)),
            matrix=active.T @ place @ active,
        )
        for place in dipole.operators(geometry)
    )


def chosen(field: Any, space: ActiveSpace) -> tuple[FloatArray, FloatArray]:
    """Frozen and active orbitals over the basis, shapes ``(M, core)`` and ``(M, N)``."""
    orbitals = _with_fixed_signs(field.mo_coeff)
    return orbitals[:, : space.core], orbitals[:, space.core : space.core + space.orbitals]


def whole_density(field: Any, space: ActiveSpace, density: FloatArray) -> FloatArray:
    """Density over the basis, shape ``(M, M)``, of one over the active orbitals, ``(N, N)``."""
    core, active = chosen(field, space)
    total: FloatArray = 2 * core @ core.T + active @ density @ active.T
    return total


def _with_fixed_signs(orbitals: FloatArray) -> FloatArray:
    """Make the first clearly non-zero coefficient of each orbital positive."""
    first = np.argmax(np.abs(orbitals) > 1e-6, axis=0)
    signed: FloatArray = orbitals * np.sign(orbitals[first, np.arange(orbitals.shape[1])])
    return signed
