"""Simulators that give the state itself; what is measured is drawn from it here, by seed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

import numpy as np

from backends.methods.expectation import Operators, expectations
from backends.schema.experiment import FloatArray
from backends.simulators.circuit_backend import CircuitBackend, Run
from backends.simulators.noise import Noise
from backends.simulators.sampling import draw, probabilities
from backends.systems.pauli import ComplexArray


class StateBackend(CircuitBackend):
    """A simulator of state vectors, or of density matrices where there is noise in gates."""

    @abstractmethod
    def states(self, run: Run) -> Iterable[ComplexArray]:
        """Of each row, the state vector ``(2**n,)`` or the density matrix ``(2**n, 2**n)``."""

    def counts(self, run: Run) -> list[list[dict[str, int]]]:
        return drawn(run, self.states(run))

    def expectations(self, run: Run, operators: Operators) -> FloatArray:
        flip = Noise.of(run.settings).readout_error
        return expectations(self.states(run), operators, flip=flip)


def drawn(run: Run, states: Iterable[ComplexArray]) -> list[list[dict[str, int]]]:
    """Counts of each row and measurement group, from the rows' states."""
    flip = Noise.of(run.settings).readout_error
    generator = np.random.default_rng(run.seed)
    return [
        [
            draw(probabilities(state, basis, flip=flip), run.shots, generator, run.places)
            for basis in run.bases
        ]
        for state in states
    ]
