"""Hartree-Fock along a sweep of geometries.

Shapes use ``P`` for points, ``A`` for atoms and ``N`` for orbitals.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import numpy as np

from backends.classical import likeness
from backends.schema.experiment import FloatArray
from backends.systems import Molecule

ENERGY_TOLERANCE = 1e-12
GRADIENT_TOLERANCE = 1e-8
MAX_CYCLES = 300

# A converged density is a good guess only nearby, and where the orbitals are nearly degenerate it
# may lead to another solution than a cold start does: there the cold start decides.
NEARBY_ANGSTROM = 0.3
SAFE_GAP_HARTREE = 0.2


class NotConverged(Exception):
    """An iteration ended without an answer; says which, and at what."""


def sweep(molecule: Molecule, points: FloatArray, *, unrestricted: bool = False) -> Iterator[Any]:
    """PySCF mean fields, one per point, warm-started from the point before.

    Where the usual iteration does not converge, a second-order one goes on (Sun, Yang and Chan,
    Chem. Phys. Lett. 683, 291 (2017)); `check` says whether that helped.

    Args:
        points: Control values, shape ``(P, C)``.
        unrestricted: Give open shells different orbitals for each spin.
    """
    if molecule.dump is not None:
        dump = molecule.dump
        up = (dump.electrons + dump.spin) // 2
        field = over(
            dump.one, dump.two, dump.constant, (up, dump.electrons - up), unrestricted=unrestricted
        )
        yield from repeat(solved(field), len(points))
        return
    placed = molecule.positions(points)
    template: Any = None
    guess: Any = None
    reference = _reference(molecule) if molecule.space.follow else None
    for row, positions in enumerate(placed):
        template = template or _first(molecule, positions)
        geometry = template.set_geom_(positions, unit="Angstrom", inplace=False)
        nearby = row > 0 and np.abs(positions - placed[row - 1]).max() <= NEARBY_ANGSTROM
        field = solved(_field(geometry, unrestricted=unrestricted), guess if nearby else None)
        if nearby and (not field.converged or _gap(field) < SAFE_GAP_HARTREE):
            field = solved(_field(geometry, unrestricted=unrestricted))
        guess = field.make_rdm1() if molecule.spin == 0 and field.converged else None
        if reference is not None and not reference.converged:
            field = reference
        elif reference is not None and field.converged:
            likeness.follow(field, reference, molecule.space)
        yield field


def check(field: Any) -> Any:
    """The field, if it converged with as many orbitals as the basis has.

    Raises:
        NotConverged: It did not.
    """
    if not field.converged or not np.isfinite(field.e_tot):
        raise NotConverged("Hartree-Fock does not converge")
    if field.mo_coeff.shape[-1] != field.mol.nao:
        raise NotConverged("the orbitals of the basis are linearly dependent")
    return field


def _reference(molecule: Molecule) -> Any:
    """The mean field whose orbitals are followed."""
    geometry = _first(molecule, molecule.positions(molecule.middle)[0])
    return solved(_field(geometry, unrestricted=False))


def _first(molecule: Molecule, positions: FloatArray) -> Any:
    from pyscf import gto

    atoms = zip(molecule.atoms, positions, strict=True)
    return gto.M(
        atom=[(atom.element, tuple(place)) for atom, place in atoms],
        basis=molecule.basis,
        charge=molecule.charge,
        spin=molecule.spin,
        verbose=0,
    )


def _field(geometry: Any, *, unrestricted: bool) -> Any:
    from pyscf import scf

    if not geometry.spin:
        return scf.RHF(geometry)
    return scf.UHF(geometry) if unrestricted else scf.ROHF(geometry)


def over(
    one: FloatArray,
    two: FloatArray,
    constant: float,
    electrons: tuple[int, int],
    *,
    unrestricted: bool,
) -> Any:
    """A mean field over given integrals, not yet solved.

    Args:
        one: Shape ``(N, N)``.
        two: Shape ``(N, N, N, N)``, chemists' order.
        constant: Added to the electronic energy.
        electrons: With spin up and with spin down.
    """
    from pyscf import ao2mo, gto

    geometry = gto.M(verbose=0)
    geometry.nelectron, geometry.spin = sum(electrons), electrons[0] - electrons[1]
    geometry.nao, geometry.incore_anyway = len(one), True
    field = _field(geometry, unrestricted=unrestricted)
    field.get_hcore = lambda *_: one
    field.get_ovlp = lambda *_: np.eye(len(one))
    field.energy_nuc = lambda *_: constant
    field._eri = ao2mo.restore(8, two, len(one))
    field.init_guess = "1e"
    return field


def solved(field: Any, guess: Any = None) -> Any:
    """Iterate a mean field from a guess of its density; its occupied orbitals come first."""
    field.conv_tol = ENERGY_TOLERANCE
    field.conv_tol_grad = GRADIENT_TOLERANCE
    field.max_cycle = MAX_CYCLES
    field.kernel(dm0=guess)
    if not field.converged:
        second = field.newton()
        second.max_cycle = MAX_CYCLES
        second.kernel(field.mo_coeff, field.mo_occ)
        if second.converged:
            field.mo_coeff, field.mo_occ = second.mo_coeff, second.mo_occ
            field.mo_energy, field.e_tot = second.mo_energy, second.e_tot
            field.converged = True
    _sort(field)
    return field


def _sort(field: Any) -> None:
    """Order orbitals by occupation, as the energies of open shells may not."""
    if field.mo_occ.ndim == 1 and np.any(np.diff(field.mo_occ) > 0):
        order = np.argsort(-field.mo_occ, kind="stable")
        field.mo_coeff = field.mo_coeff[:, order]
        field.mo_occ, field.mo_energy = field.mo_occ[order], np.asarray(field.mo_energy)[order]


def _gap(field: Any) -> float:
    """Energy between the highest occupied and the lowest empty orbital, hartree."""
    if field.mo_occ.ndim > 1 or np.all(field.mo_occ > 0):
        return np.inf
    empty = field.mo_energy[field.mo_occ == 0].min()
    return float(empty - field.mo_energy[field.mo_occ > 0].max())
