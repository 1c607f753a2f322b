"""Total energies of one mean field: Hartree-Fock and what correlation adds to it.

Møller and Plesset, Phys. Rev. 46, 618 (1934); Purvis and Bartlett, J. Chem. Phys. 76, 1910 (1982);
Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CCSD_TOLERANCE = 1e-11
AMPLITUDE_TOLERANCE = 1e-9
FCI_TOLERANCE = 1e-12
MAX_CYCLES = 500


class NotConverged(Exception):
    """An iteration ended without an answer."""


def hf(field: Any) -> float:
    """Hartree-Fock energy, hartree."""
    return float(field.e_tot)


def mp2(field: Any) -> float:
    """Second-order perturbation theory, hartree."""
    from pyscf import mp

    correlation, _ = mp.MP2(field).kernel()
    return float(field.e_tot + correlation)


def ccsd(field: Any) -> float:
    """Coupled cluster with single and double excitations, hartree; exact for two electrons.

    Raises:
        NotConverged: The amplitude equations do not converge.
    """
    from pyscf import cc

    if field.mol.nelectron < 2:  # nothing to correlate, and PySCF's solver needs a pair
        return hf(field)
    solver = cc.CCSD(field)
    solver.conv_tol = CCSD_TOLERANCE
    solver.conv_tol_normt = AMPLITUDE_TOLERANCE
    solver.max_cycle = MAX_CYCLES
    solver.kernel()
    if not solver.converged:
        raise NotConverged
    return float(solver.e_tot)


def fci(field: Any) -> float:
    """Full configuration interaction, hartree: exact in the basis.

    Raises:
        NotConverged: The Davidson iteration does not converge.
    """
    from pyscf import fci as solvers

    solver = solvers.FCI(field)
    solver.conv_tol = FCI_TOLERANCE
    solver.max_cycle = MAX_CYCLES
    energy, _ = solver.kernel()
    if not solver.converged:
        raise NotConverged
    return float(energy)


SOLVERS: dict[str, Callable[[Any], float]] = {"hf": hf, "mp2": mp2, "ccsd": ccsd, "fci": fci}
