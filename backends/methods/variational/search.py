"""Optimise an ansatz at every point of a sweep, from cold starts and from the point before.

Every point is optimised from the same cold starts. Then each point tries the optimum of the point
before, as long as that lowers any by more than `MARGIN`: a sweep follows one state, yet no point
needs its neighbours where a cold start finds the minimum, so that chunks of a sweep agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from backends.methods.variational import gradient, rotosolve, spsa
from backends.methods.variational.ansatz import Ansatz
from backends.methods.variational.choice import HARDWARE, PAIR, TWO_ELECTRON
from backends.methods.variational.landscape import Landscape
from backends.methods.variational.optimum import Optimum
from backends.methods.variational.sampled import SampledEnergy
from backends.methods.variational.settings import (
    DEFAULT_ITERATIONS,
    GRADIENT,
    ROTOSOLVE,
    SPSA,
    Search,
)
from backends.methods.variational.space import Indices
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum

MARGIN = 1e-7
"""In the unit of energy: a warm start that gains less keeps what the cold start found."""
STARTS = {HARDWARE: 4, PAIR: 3}


def optimizer_of(ansatz: Ansatz, search: Search) -> str:
    """The optimizer's name."""
    return search.optimizer or (ROTOSOLVE if ansatz.name == TWO_ELECTRON else GRADIENT)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hunt:
    """An ansatz, a Hamiltonian for each of ``B`` points, and how to search.

    Attributes:
        landscape: Of the operators over the ansatz.
    """

    ansatz: Ansatz
    operators: Sequence[PauliSum]
    landscape: Landscape
    search: Search

    def best(self) -> Optimum:
        """The best that was found at each point."""
        best = self._cold()
        if optimizer_of(self.ansatz, self.search) == SPSA or not self.ansatz.parameters:
            return best
        return self._warmed(best)

    def _cold(self) -> Optimum:
        """The best of all cold starts, which go together."""
        rows, starts = np.arange(len(self.operators)), _starts(self.ansatz, self.search)
        every = np.repeat(np.array(starts), len(rows), axis=0)
        found = self._minimise(np.tile(rows, len(starts)), every)
        of = np.arange(len(every)) // max(1, len(rows))
        best = found.at(of == 0)
        for index in range(1, len(starts)):
            one = found.at(of == index)
            better = best.better(one, rows, MARGIN)
            best = best.taking(one.at(better), rows[better])
        return best

    def _warmed(self, best: Optimum) -> Optimum:
        tried = np.arange(1, len(self.operators))
        while len(tried):
            found = self._minimise(tried, best.parameters[tried - 1])
            better = best.better(found, tried, MARGIN)
            best = best.taking(found.at(better), tried[better])
            tried = tried[better] + 1
            tried = tried[tried < len(self.operators)]
        return best

    def _minimise(self, rows: Indices, start: FloatArray) -> Optimum:
        name = optimizer_of(self.ansatz, self.search)
        iterations = self.search.iterations or DEFAULT_ITERATIONS[name]
        if name == GRADIENT:
            return gradient.minimise(self.landscape.of_rows(rows), start, iterations)
        if name == ROTOSOLVE:
            energy = partial(self.landscape.values, rows=rows)
            return rotosolve.minimise(energy, start, iterations)
        sampled = SampledEnergy(
            self.landscape.kernel,
            [self.operators[row] for row in rows],
            shots=self.search.shots,
            seed=self.search.seed,
        )
        return spsa.minimise(sampled, start, iterations, np.random.default_rng(self.search.seed))


def _starts(ansatz: Ansatz, search: Search) -> list[FloatArray]:
    """Cold starts, each of shape ``(T,)``: the first is the ansatz's own, others add chance."""
    first = np.zeros(ansatz.parameters)
    for parameter, value in ansatz.dominant:
        first[parameter] = value
    rng = np.random.default_rng(search.seed)
    count = search.starts or STARTS.get(ansatz.name, 1)
    others = [first + search.spread * rng.standard_normal(len(first)) for _ in range(count)]
    # At angles 0 the gradients of like layers are equal, and may vanish.
    return others if ansatz.name in STARTS else [first, *others[1:]]
