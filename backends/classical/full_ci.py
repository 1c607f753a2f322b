"""Full configuration interaction in an active space: lowest levels and the ground density.

Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984), for given numbers of electrons of each spin:
the levels of a singlet include the triplets. Small spaces are diagonalised whole; in larger
ones Davidson's iteration starts from the lowest eigenvectors of a small block plus noise, so that
no symmetry of the reference can hide a lower level, and with several states at once, as where bonds
break levels of different spin come close. Shapes use ``N`` for active orbitals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.classical.integrals import Integrals
from backends.classical.mean_field import NotConverged
from backends.schema.experiment import FloatArray

TOLERANCE = 1e-11
CYCLES, MAX_RESTARTS = 25, 20
MAX_SPACE = 30
DENSE_DETERMINANTS = 500
BLOCK = 300
NOISE = 0.1
FEWEST_ROOTS = 4
"""States that are iterated together, as one alone can settle on its neighbour in a cluster."""
SEED = 20_240_101
MOST_ROOTS = 40
DEGENERATE_HARTREE = 1e-6
"""Levels closer than this are one level."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """Different levels, ascending, and the mean density over the lowest.

    Attributes:
        energies: Hartree.
        density: Spin-summed one-electron density matrix, shape ``(N, N)``; None unless wanted.
    """

    energies: tuple[float, ...]
    density: FloatArray | None


def solve(
    found: Integrals, electrons: tuple[int, int], *, levels: int = 1, density: bool = False
) -> Levels:
    """The lowest different levels.

    Args:
        electrons: With spin up and with spin down.
        levels: How many different ones.
        density: Of the ground level, averaged over its degenerate states.

    Raises:
        NotConverged: Davidson's iteration gives up, or there are fewer levels.
    """
    roots = roots_of(levels)
    enough = max(levels, 2 if density else 1)  # the ground level ends where the next begins
    while True:
        energies, vectors, all_of_them = _roots(found, electrons, roots, levels)
        starts = _starts(energies)
        if len(starts) >= enough or all_of_them:
            break
        if roots >= MOST_ROOTS:
            raise NotConverged(f"fci finds no {levels} different levels among {roots} states")
        roots = min(2 * roots, MOST_ROOTS)
    if len(starts) < levels:
        raise NotConverged(f"there are only {len(starts)} different levels")
    ground = vectors[: (*starts, len(energies))[1]]
    return Levels(
        energies=tuple(float(energies[start]) for start in starts[:levels]),
        density=_density(ground, len(found.one), electrons) if density else None,
    )


def roots_of(levels: int) -> int:
    """How many states are asked for at first: some more than levels, as these may be degenerate."""
    return max(FEWEST_ROOTS, 2 * levels + 1)


def determinants(orbitals: int, electrons: tuple[int, int]) -> int:
    """Size of the space."""
    return math.comb(orbitals, electrons[0]) * math.comb(orbitals, electrons[1])


def _starts(energies: FloatArray) -> list[int]:
    """Where each different level begins."""
    steps = np.diff(energies) > DEGENERATE_HARTREE
    return [0, *(np.flatnonzero(steps) + 1).tolist()]


def _roots(
    found: Integrals, electrons: tuple[int, int], roots: int, levels: int
) -> tuple[FloatArray, list[Any], bool]:
    """Energies, vectors, and whether these are all."""
    from pyscf.fci import direct_spin1

    n = len(found.one)
    size = determinants(n, electrons)
    solver = direct_spin1.FCISolver()
    solver.verbose = 0
    dense = size <= max(DENSE_DETERMINANTS, roots)
    diagonal = solver.make_hdiag(found.one, found.two, n, electrons).ravel()
    block = size if dense else max(BLOCK, 2 * roots)
    places, matrix = solver.pspace(found.one, found.two, n, electrons, diagonal, block)
    energies, states = np.linalg.eigh(matrix)
    count = min(roots, size)
    vectors = np.zeros((count, size))
    vectors[:, places] = states[:, :count].T
    if dense:
        return energies[:count] + found.constant, list(vectors), count == size
    noise = np.random.default_rng(SEED).normal(size=vectors.shape)
    vectors += NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    solver.conv_tol, solver.max_cycle, solver.nroots = TOLERANCE, CYCLES, count
    solver.max_space = MAX_SPACE
    guess = list(vectors)
    for _ in range(MAX_RESTARTS):
        energies, guess = solver.kernel(
            found.one, found.two, n, electrons, ci0=guess, ecore=found.constant
        )
        if np.all(solver.converged[: _needed(energies, levels)]):
            return energies, list(guess), False
    raise NotConverged("fci does not converge")


def _needed(energies: FloatArray, levels: int) -> int:
    """How many states must be exact: those of all but the last level, and one of that."""
    starts = _starts(energies)
    ground = starts[1] if len(starts) > 1 else len(energies)
    last = starts[levels - 1] + 1 if len(starts) >= levels else len(energies)
    return max(ground, last)


def _density(vectors: Sequence[Any], orbitals: int, electrons: tuple[int, int]) -> FloatArray:
    from pyscf.fci import direct_spin1

    shape = math.comb(orbitals, electrons[0]), math.comb(orbitals, electrons[1])
    each = [direct_spin1.make_rdm1(v.reshape(shape), orbitals, electrons) for v in vectors]
    mean: FloatArray = np.mean(each, axis=0)
    return mean
