"""What each method says about one mean field: its energy and, where it has one, its density.

Møller and Plesset, Phys. Rev. 46, 618 (1934); Purvis and Bartlett, J. Chem. Phys. 76, 1910 (1982);
Raghavachari, Trucks, Pople and Head-Gordon, Chem. Phys. Lett. 157, 479 (1989), for ``ccsd_t``;
`full_ci` for ``casci`` and ``fci``. Densities of correlated methods are unrelaxed: the orbitals do
not answer to the field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends.classical import full_ci, integrals, mean_field
from backends.classical.mean_field import NotConverged
from backends.schema.experiment import FloatArray
from backends.systems.active_space import ActiveSpace

ENERGY_TOLERANCE = 1e-11
AMPLITUDE_TOLERANCE = 1e-9
MAX_CYCLES = 200
MAX_SPACE = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """The answer of one method at one point.

    Attributes:
        energies: Total energies of the wanted levels, hartree.
        density: Spin-summed density matrix over atomic orbitals, shape ``(M, M)``, or None.
    """

    energies: tuple[float, ...]
    density: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What is asked of a method besides the ground energy."""

    levels: int = 1
    density: bool = False


def hf(field: Any, space: ActiveSpace, want: Want) -> Solution:
    """Hartree-Fock."""
    density = _summed(field.make_rdm1()) if want.density else None
    return Solution(energies=(float(field.e_tot),), density=density)


def mp2(field: Any, space: ActiveSpace, want: Want) -> Solution:
    """Second-order perturbation theory."""
    from pyscf import mp

    if _one_determinant(space):
        return hf(field, space, want)
    solver = mp.MP2(field, frozen=_frozen(field, space))
    solver.kernel()
    return _solution(solver, want)


def cisd(field: Any, space: ActiveSpace, want: Want) -> Solution:
    """Configuration interaction with single and double excitations.

    Raises:
        NotConverged: The iteration does not converge.
    """
    from pyscf import ci

    if _one_determinant(space) or sum(space.electrons) < 2:
        return hf(field, space, want)
    solver = ci.CISD(field, frozen=_frozen(field, space))
    solver.conv_tol, solver.max_cycle = ENERGY_TOLERANCE, MAX_CYCLES
    solver.max_space = MAX_SPACE
    solver.kernel()
    _check(solver.converged, "cisd")
    return _solution(solver, want)


def ccsd(field: Any, space: ActiveSpace, want: Want) -> Solution:
    """Coupled cluster with single and double excitations; exact for two electrons.

    Raises:
        NotConverged: The amplitude equations do not converge.
    """
    if _one_determinant(space) or sum(space.electrons) < 2:
        return hf(field, space, want)
    solver = _coupled_cluster(field, space)
    found = _solution(solver, want)
    _check(solver.converged_lambda or not want.density, "the density of ccsd")
    return found


def ccsd_t(field: Any, space: ActiveSpace, want: Want) -> Solution:
    """``ccsd`` and triple excitations to the lowest order; no density.

    Raises:
        NotConverged: The amplitude equations do not converge.
    """
    if _one_determinant(space) or sum(space.electrons) < 2:
        return hf(field, space, want)
    solver = _coupled_cluster(field, space)
    return Solution(energies=(float(solver.e_tot + solver.ccsd_t()),))


def fci(field: Any, space: ActiveSpace, want: Want) -> Solution:
    """Full configuration interaction in the active space.

    Raises:
        NotConverged: Davidson's iteration does not converge, or there are fewer levels.
    """
    found = integrals.of(field, space)
    levels = full_ci.solve(found, space.electrons, levels=want.levels, density=want.density)
    density = levels.density
    if density is not None:
        density = integrals.whole_density(field, space, density)
    return Solution(energies=levels.energies, density=density)


_SOLVERS: dict[str, Callable[[Any, ActiveSpace, Want], Solution]] = {
    "hf": hf,
    "mp2": mp2,
    "cisd": cisd,
    "ccsd": ccsd,
    "ccsd_t": ccsd_t,
    "casci": fci,
    "fci": fci,
}


METHODS = tuple(_SOLVERS)
RESTRICTED = ("casci", "fci")


def solve(method: str, field: Any, space: ActiveSpace, want: Want) -> Solution:
    """The answer of a method in the active space of a mean field.

    The frozen orbitals are restricted ones for every method, so that all share one Hamiltonian;
    for an open shell the others then find unrestricted orbitals within the active space. So do
    they where the orbitals follow others and do not diagonalise the whole Fock operator.

    Args:
        field: Restricted, but for an open shell with all orbitals active and a method that is
            not in `RESTRICTED`.

    Raises:
        NotConverged: The method has no answer.
    """
    size = field.mo_coeff.shape[-1]
    if method in RESTRICTED or space.covers(size) or not (field.mol.spin or space.follow):
        return _SOLVERS[method](field, space, want)
    found = integrals.of(field, space)
    inner = mean_field.over(
        found.one, found.two, found.constant, space.electrons, unrestricted=True
    )
    guess = np.zeros((2, space.orbitals, space.orbitals))
    for spin, count in enumerate(space.electrons):
        guess[spin, range(count), range(count)] = 1.0
    whole = replace(space, core=0)
    guess = guess if field.mol.spin else guess.sum(axis=0)
    answer = _SOLVERS[method](mean_field.check(mean_field.solved(inner, guess)), whole, want)
    if answer.density is None:
        return answer
    return replace(answer, density=integrals.whole_density(field, space, answer.density))


def _coupled_cluster(field: Any, space: ActiveSpace) -> Any:
    from pyscf import cc

    solver = cc.CCSD(field, frozen=_frozen(field, space))
    solver.conv_tol, solver.conv_tol_normt = ENERGY_TOLERANCE, AMPLITUDE_TOLERANCE
    solver.max_cycle = MAX_CYCLES
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # as it diverges, which is checked
            solver.kernel()
    except Exception as error:
        _check(not _diverged(error), "ccsd")
        raise
    _check(solver.converged, "ccsd")
    return solver


def _diverged(error: Exception) -> bool:
    """Whether an iteration failed because its extrapolation became singular.

    PySCF 2.14 names NumPy's error by a module that NumPy 2 no longer has, and so raises an
    AttributeError while it handles it (`pyscf/lib/diis.py`).
    """
    causes = (error, error.__context__)
    return any(isinstance(cause, np.linalg.LinAlgError) for cause in causes)


def _check(converged: bool, what: str) -> None:
    if not converged:
        raise NotConverged(f"{what} does not converge")


def _solution(solver: Any, want: Want) -> Solution:
    density = _summed(solver.make_rdm1(ao_repr=True)) if want.density else None
    return Solution(energies=(float(solver.e_tot),), density=density)


def _summed(density: Any) -> FloatArray:
    """Sum over spins, where they are apart."""
    both = np.asarray(density)
    return both if both.ndim == 2 else both.sum(axis=0)


def _one_determinant(space: ActiveSpace) -> bool:
    return full_ci.determinants(space.orbitals, space.electrons) == 1


def _frozen(field: Any, space: ActiveSpace) -> list[int] | None:
    size = field.mo_coeff.shape[-1]
    return [*range(space.core), *range(space.core + space.orbitals, size)] or None
