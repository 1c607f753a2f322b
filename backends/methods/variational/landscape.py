"""Energies of an ansatz and their exact gradients, for a batch of Hamiltonians at once.

The gradient is that of the reverse sweep (Jones and Gacon, arXiv:2009.02823): with
``lambda = H psi``, undoing the turns one by one, ``dE/dtheta_k = Im <lambda_k| G_k |psi_k>``. It
equals the parameter-shift rule and costs about three energies, whatever the number of parameters.

``deflated`` states ``phi_i`` add ``beta sum_i |<phi_i|psi>|^2`` (Higgott, Wang and Brierley,
Quantum 3, 156 (2019)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Self

import numpy as np

from backends.methods.variational.ansatz import Ansatz, Turn
from backends.methods.variational.space import (
    Dense,
    Indices,
    Phases,
    Rotation,
    Shifted,
    Space,
    States,
)
from backends.methods.variational.statevector import prepared
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliSum


@dataclass(frozen=True, eq=False)
class Kernel:
    """An ansatz made ready: states from parameters of shape ``(B, T)``."""

    ansatz: Ansatz
    space: Space

    @cached_property
    def steps(self) -> list[tuple[Rotation | Phases | None, int, Indices]]:
        """Turns with their parameter, or None with the order of a fixed gate, its own inverse."""
        steps: list[tuple[Rotation | Phases | None, int, Indices]] = []
        nothing = np.empty(0, dtype=np.int64)
        for step in self.ansatz.steps:
            if isinstance(step, Turn):
                steps.append((self.space.rotation(step), step.parameter, nothing))
            else:
                steps.append((None, -1, self.space.order(step)))
        return steps

    def states(self, parameters: FloatArray) -> States:
        """Columns of shape ``(S, B)``."""
        states = np.repeat(self.space.start[:, None], len(parameters), axis=1)
        for turn, parameter, order in self.steps:
            if turn is None:
                states = states[order]
            else:
                turn.apply(states, parameters[:, parameter])
        return states

    def vectors(self, parameters: FloatArray) -> ComplexArray:
        """State vectors of shape ``(B, 2**n)``."""
        return self.space.lift(self.states(parameters))


@lru_cache(maxsize=8)
def kernel(ansatz: Ansatz) -> Kernel:
    """The kernel of an ansatz."""
    start = prepared(ansatz.start, ansatz.qubits)
    return Kernel(ansatz, Space.reached(start, ansatz.steps))


@dataclass(frozen=True, eq=False)
class Landscape:
    """Energies of ``B`` Hamiltonians over the parameters of one ansatz.

    Attributes:
        deflated: States of shape ``(S, B)`` that are made costly.
        penalty: beta of each member, shape ``(B,)``.
    """

    kernel: Kernel
    operator: Dense | Shifted
    batch: int
    deflated: tuple[States, ...] = ()
    penalty: FloatArray | None = None

    @classmethod
    def of(cls, kernel: Kernel, operators: Sequence[PauliSum]) -> Self:
        return cls(kernel, kernel.space.operator(operators), len(operators))

    def of_rows(self, rows: Indices) -> Chosen:
        """Some members as a landscape whose members are numbered from 0."""
        return Chosen(self, rows)

    def without(self, state: States, penalty: FloatArray) -> Self:
        """The same with one more deflated state."""
        return replace(self, deflated=(*self.deflated, state), penalty=penalty)

    def values(self, parameters: FloatArray, rows: Indices) -> FloatArray:
        """Energies of shape ``(R,)`` at parameters of shape ``(R, T)`` of some members."""
        states = self.kernel.states(parameters)
        return _mean(states, self._apply(states, rows))

    def gradients(self, parameters: FloatArray, rows: Indices) -> tuple[FloatArray, FloatArray]:
        """Energies of shape ``(R,)`` and their gradients of shape ``(R, T)``."""
        states = self.kernel.states(parameters)
        moved = self._apply(states, rows)
        values = _mean(states, moved)
        gradients = np.zeros_like(parameters)
        for turn, parameter, order in reversed(self.kernel.steps):
            if turn is None:
                states, moved = states[order], moved[order]
                continue
            gradients[:, parameter] += turn.slope(moved, states)
            turn.apply(states, -parameters[:, parameter])
            turn.apply(moved, -parameters[:, parameter])
        return values, gradients

    def _apply(self, states: States, rows: Indices) -> States:
        moved = self.operator.apply(states, rows)
        for other in self.deflated:
            assert self.penalty is not None
            chosen = other[:, rows]
            overlap = np.sum(chosen.conj() * states, axis=0)
            moved = moved + chosen * (self.penalty[rows] * overlap)
        return moved


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Members ``rows`` of a landscape."""

    whole: Landscape
    rows: Indices

    def of_rows(self, rows: Indices) -> Chosen:
        """Some of them."""
        return Chosen(self.whole, self.rows[rows])

    def gradients(self, parameters: FloatArray, rows: Indices) -> tuple[FloatArray, FloatArray]:
        """As `Landscape.gradients`."""
        return self.whole.gradients(parameters, self.rows[rows])


def _mean(states: States, moved: States) -> FloatArray:
    mean: FloatArray = np.sum(states.conj() * moved, axis=0).real
    return mean
