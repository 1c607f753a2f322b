"""From what was read to the lowest energy in the subspace that it spans.

The energy is an upper bound of the true one, and falls with every configuration that is found. How
much it would fall with more shots is estimated by the bootstrap (Efron, Ann. Stat. 7, 1 (1979)):
``N`` shots are drawn again from the ``N`` shots, and everything is repeated. The error is
``sqrt(g^2 mean_b (E_b - E)^2 + f^2)``, which holds the bias and not the spread alone.

A sample loses the weight ``sum_c k_c / N (1 - k_c / N)^N`` of configurations that were read ``k_c``
times; what was never read has about the weight ``n_1 / N`` of those that were read once (Good,
Biometrika 40, 237 (1953)). ``g`` is the second over the first, at least 1.

The floor is ``f = 1.5 (mean - E) / N``: what a configuration at the mean energy of all would
contribute, if its weight were half of the ``3 / N`` with which it would not have escaped in 95 % of
cases. The error lies on one side: the energy is too high, never too low.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backends.classical.basis import Indices
from backends.methods.solved import Solved, Unsolved
from backends.methods.sqd import configurations
from backends.methods.sqd.recovery import recovered
from backends.methods.sqd.subspace import Ground, Space
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import Sector

RESAMPLES = 25
THRESHOLD = 1e-10
"""Configurations below this probability are not read, in the limit of many shots."""
ROUNDING = 1e-12
UNSEEN = 1.5
"""Weight, in units of that of one shot, that may have been missed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Diagonalization:
    """Solves each point of a program; implements `backends.methods.solved.Solver`.

    Attributes:
        hamiltonians: Of each point; None where it failed.
        factors: Of each point, what its observables are in units of its Hamiltonian.
        sector: Numbers that a configuration must have.
        combined: Whether strings of both spins are combined, as for molecules.
        recovery: How many times configurations with wrong numbers are recovered.
        most: Configurations that are diagonalised, or None for all.
    """

    hamiltonians: Sequence[PauliSum | None]
    factors: Sequence[FloatArray]
    sector: Sector
    combined: bool
    recovery: int
    most: int | None

    def from_counts(self, row: int, counts: Mapping[str, int], seed: int) -> Solved:
        point = self._point(row, seed)
        states, times = configurations.read(counts)
        shots, best = int(times.sum()), point.from_shots(states, times)
        shifts = []
        for drawn in point.rng.multinomial(shots, times / shots, size=RESAMPLES):
            kept = drawn > 0
            # A sample may hold none of few good shots.
            with suppress(Unsolved):
                shifts.append(point.from_shots(states[kept], drawn[kept]).energy - best.energy)
        good = times[configurations.belongs(states, self.sector)]
        floor = UNSEEN * (point.space.mean - best.energy) / (shots if self.recovery else good.sum())
        floor = max(floor, ROUNDING * max(1.0, abs(best.energy)))
        moved = unseen(good) * np.sqrt(np.mean(np.square(shifts or [0.0])))
        error = float(np.hypot(moved, floor))
        return self._solved(
            row, best, len(point.space.basis), error, shots_kept=int(good.sum()) / shots
        )

    def from_probabilities(self, row: int, probabilities: FloatArray) -> Solved:
        point = self._point(row, 0)
        states = np.flatnonzero(probabilities > THRESHOLD)
        best = point.lowest(states, probabilities[states])
        return self._solved(row, best, len(point.space.basis), 0.0)

    def _point(self, row: int, seed: int) -> _Point:
        hamiltonian = self.hamiltonians[row]
        assert hamiltonian is not None
        space = Space.of(hamiltonian, self.sector)
        return _Point(self, space, np.random.default_rng((seed, row)))

    def _solved(self, row: int, best: Ground, whole: int, error: float, **raw: float) -> Solved:
        return Solved(
            values=self.factors[row] * best.energy,
            errors=np.abs(self.factors[row]) * error,
            raw={
                "configurations": len(best.basis),
                "configurations_of_all": whole,
                "energy_variance": best.variance,
                **raw,
            },
        )


def unseen(times: Indices) -> float:
    """Weight that was never read, in units of what a bootstrap sample loses; at least 1.

    Args:
        times: How often each configuration was read, shape ``(B,)``.
    """
    shots = times.sum()
    lost = float(times @ (1 - times / shots) ** shots)
    return max(1.0, float(np.sum(times == 1)) / lost) if lost else 1.0


@dataclass(slots=True, eq=False)
class _Point:
    """One point; equal subspaces are diagonalised once.

    Attributes:
        first: The first state that was found, near which the others are.
    """

    asked: Diagonalization
    space: Space
    rng: np.random.Generator
    found: dict[bytes, Ground] = field(default_factory=dict)
    first: Ground | None = None

    def from_shots(self, states: Indices, times: Indices) -> Ground:
        """The last ground state of basis states that were read so many times."""
        best, sector = self.lowest(states, times), self.asked.sector
        for _ in range(self.asked.recovery):
            occupations = best.occupations(max(mask.bit_length() for mask, _ in sector))
            best = self.lowest(*self._mended(states, times, occupations))
        return best

    def lowest(self, states: Indices, weights: Any) -> Ground:
        """The ground state of the subspace that basis states span."""
        fits = configurations.belongs(states, self.asked.sector)
        if not fits.any():
            raise Unsolved("no shot has the numbers of electrons that the system fixes")
        states, weights, most = states[fits], weights[fits], self.asked.most
        if self.asked.combined:
            basis = configurations.products(states, weights, self.asked.sector, most)
        else:
            basis = configurations.chosen(states, weights, most)
        key = basis.tobytes()
        if key not in self.found:
            self.found[key] = self.space.ground(basis, self.first)
        self.first = self.first or self.found[key]
        return self.found[key]

    def _mended(
        self, states: Indices, times: Indices, occupations: FloatArray
    ) -> tuple[Indices, Indices]:
        """Every shot with the right numbers: basis states and how often each occurs."""
        sector = self.asked.sector
        fits = configurations.belongs(states, sector)
        wrong = np.repeat(states[~fits], times[~fits])
        mended = recovered(wrong, sector, occupations, self.rng)
        together = np.concatenate([np.repeat(states[fits], times[fits]), mended])
        found, occurrences = np.unique(together, return_counts=True)
        return found, occurrences
