"""Total energies of one mean field: Hartree-Fock and what correlation adds to it.

Møller and Plesset, Phys. Rev. 46, 618 (1934); Purvis and Bartlett, J. Chem. Phys. 76, 1910 (1982);
Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backends.classical import integrals
from backends.classical.mean_field import NotConverged
from backends.systems.active_space import ActiveSpace

CCSD_TOLERANCE = 1e-11
AMPLITUDE_TOLERANCE = 1e-9
FCI_TOLERANCE = 1e-12
MAX_CYCLES = 500


def hf(field: Any, space: ActiveSpace) -> float:
    """Hartree-Fock energy, hartree."""
    return float(field.e_tot)


def mp2(field: Any, space: ActiveSpace) -> float:
    """Second-order perturbation theory, hartree."""
    from pyscf import mp

    correlation, _ = mp.MP2(field, frozen=_frozen(field, space)).kernel()
    return float(field.e_tot + correlation)


def ccsd(field: Any, space: ActiveSpace) -> float:
    """Coupled cluster with single and double excitations, hartree; exact for two electrons.

    Raises:
        NotConverged: The amplitude equations do not converge.
    """
    from pyscf import cc

    if sum(space.electrons) < 2:  # nothing to correlate, and PySCF's solver needs a pair
        return hf(field, space)
    solver = cc.CCSD(field, frozen=_frozen(field, space))
    solver.conv_tol = CCSD_TOLERANCE
    solver.conv_tol_normt = AMPLITUDE_TOLERANCE
    solver.max_cycle = MAX_CYCLES
    solver.kernel()
    if not solver.converged:
        raise NotConverged("ccsd does not converge")
    return float(solver.e_tot)


def fci(field: Any, space: ActiveSpace) -> float:
    """Full configuration interaction in the active space, hartree.

    Raises:
        NotConverged: The Davidson iteration does not converge.
    """
    from pyscf.fci import direct_spin1

    found = integrals.of(field, space)
    solver = direct_spin1.FCISolver(field.mol)
    solver.conv_tol = FCI_TOLERANCE
    solver.max_cycle = MAX_CYCLES
    energy, _ = solver.kernel(
        found.one, found.two, space.orbitals, space.electrons, ecore=found.constant
    )
    if not solver.converged:
        raise NotConverged("fci does not converge")
    return float(energy)


def _frozen(field: Any, space: ActiveSpace) -> list[int] | None:
    size = field.mo_coeff.shape[-1]
    return [*range(space.core), *range(space.core + space.orbitals, size)] or None


SOLVERS: dict[str, Callable[[Any, ActiveSpace], float]] = {
    "hf": hf,
    "mp2": mp2,
    "ccsd": ccsd,
    "fci": fci,
}
