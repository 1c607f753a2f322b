"""Systems whose Hamiltonian and observables are Pauli sums on qubits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.state import Evolved, Ground, State, Thermal
from backends.systems.system import System

Sector = tuple[tuple[int, int], ...]

HAMILTONIAN = "hamiltonian"
GROUND = Ground()


@dataclass(frozen=True, slots=True, kw_only=True)
class QubitSystem(System):
    """A family of Pauli sums over ``C`` controls, and the state that is asked about."""

    state: State = GROUND

    @property
    @abstractmethod
    def qubits(self) -> int:
        """Number of qubits."""

    @abstractmethod
    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        """At each point of shape ``(P, C)``: the Hamiltonian and each linear observable by name.

        Observables that are no expectation value of an operator, such as a gap, are not in it.
        """

    @property
    def sector(self) -> Sector:
        """Conserved numbers that are fixed: qubits (as bits of a mask), and how many of them are 1.

        Empty where the whole space is meant.
        """
        return ()

    @property
    def driven(self) -> bool:
        """Whether the Hamiltonian changes during an evolution."""
        return False

    def hamiltonians(self, points: FloatArray, times: FloatArray) -> list[PauliSum]:
        """The Hamiltonian of each point at its own time, shape ``(P,)``."""
        return [operators[HAMILTONIAN] for operators in self.operators(points)]

    def kinks(self, points: FloatArray) -> list[FloatArray]:
        """Times at which each point's Hamiltonian bends or jumps, ascending; smooth in between."""
        return [np.empty(0) for _ in points]

    def columns(self, points: FloatArray) -> dict[str, FloatArray]:
        """Each control's values, shape ``(P,)``, by name."""
        return {control.name: points[:, i] for i, control in enumerate(self.controls)}

    def durations(self, points: FloatArray) -> FloatArray:
        """How long each point evolves, shape ``(P,)``; only of an evolved state."""
        assert isinstance(self.state, Evolved)
        return self.state.time.values(self.columns(points), len(points))

    def temperatures(self, points: FloatArray) -> FloatArray:
        """Temperature of each point, shape ``(P,)``; only of a thermal state."""
        assert isinstance(self.state, Thermal)
        return self.state.temperature.values(self.columns(points), len(points))

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, with a negative time, or a temperature of 0 or less.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3/0``.
        """
        System.check_points(self, points)
        placed = np.asarray(points, dtype=np.float64).reshape(len(points), len(self.controls))
        if isinstance(self.state, Evolved):
            name, values, allowed = "time", self.durations(placed), "0 or more"
            bad = ~(np.isfinite(values) & (values >= 0))
        elif isinstance(self.state, Thermal):
            name, values, allowed = "temperature", self.temperatures(placed), "more than 0"
            bad = ~(np.isfinite(values) & (values > 0))
        else:
            return
        for row in np.flatnonzero(bad):
            raise ProgramRejected(
                f"{name} = {values[row]:g}; allowed: {allowed}", field=f"/points/{row}"
            )
