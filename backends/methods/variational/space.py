"""Basis states that turns can reach from a start, and how turns and operators act on them.

A generator that conserves particle numbers couples few basis states: 36 of 256 for four electrons
in four orbitals. States are held on those only, as columns of shape ``(S, B)``, real where every
generator is imaginary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.methods.circuit import Gate
from backends.methods.variational.ansatz import Turn
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliSum, PauliWord

Indices = NDArray[np.int64]
States = NDArray[Any]
NEGLIGIBLE = 1e-12
DENSE = 300
"""Largest space on which operators are dense matrices."""


@dataclass(frozen=True, slots=True, eq=False)
class Rotation:
    """A turn that mixes pairs of basis states.

    ``hi' = cos hi + sin v lo`` and ``lo' = cos lo - sin conj(v) hi``, the angle being
    ``theta size / 2``.

    Attributes:
        low, high: Places of each pair, shape ``(H,)``.
        phase: ``v``, shape ``(H, 1)``.
        size: Modulus of the generator's entry, shape ``(H, 1)``.
    """

    low: Indices
    high: Indices
    phase: States
    size: FloatArray

    def apply(self, states: States, angle: FloatArray) -> None:
        """Turn columns in place; ``angle`` has shape ``(B,)``."""
        half = self.size * angle / 2
        cos, sin = np.cos(half), np.sin(half) * self.phase
        low, high = states[self.low], states[self.high]
        states[self.high] = cos * high + sin * low
        states[self.low] = cos * low - sin.conj() * high

    def slope(self, left: States, right: States) -> FloatArray:
        """``Im <left| G |right>`` of each column, shape ``(B,)``."""
        weight = self.size * self.phase
        found = left[self.high].conj() * (weight * right[self.low])
        found -= left[self.low].conj() * (weight.conj() * right[self.high])
        slope: FloatArray = found.real.sum(axis=0)
        return slope


@dataclass(frozen=True, slots=True, eq=False)
class Phases:
    """A turn about a diagonal generator, whose entries ``level`` have shape ``(S, 1)``."""

    level: FloatArray

    def apply(self, states: States, angle: FloatArray) -> None:
        states *= np.exp(-0.5j * self.level * angle)

    def slope(self, left: States, right: States) -> FloatArray:
        slope: FloatArray = (left.conj() * (self.level * right)).imag.sum(axis=0)
        return slope


@dataclass(frozen=True, eq=False)
class Space:
    """Reachable basis states.

    Attributes:
        qubits: n.
        members: The basis states, ascending, shape ``(S,)``.
        start: Shape ``(S,)``.
        real: Whether states stay real.
    """

    qubits: int
    members: Indices
    start: States
    real: bool

    @classmethod
    def reached(cls, start: ComplexArray, steps: Sequence[Turn | Gate]) -> Space:
        """What the turns of ``steps`` can reach from a state vector of shape ``(2**n,)``."""
        turns = {step.words: step for step in steps if isinstance(step, Turn)}.values()
        index = np.arange(len(start))
        inside = np.abs(start) > NEGLIGIBLE
        entries = [(turn.x, entry_of(turn, index)) for turn in turns if turn.x]
        moves = [(index[np.abs(entry) > NEGLIGIBLE], x) for x, entry in entries]
        for gate in {step for step in steps if isinstance(step, Gate)}:
            control, target = gate.qubits
            moves.append((index[(index >> control & 1) == 1], 1 << target))
        count = 0
        while count != (count := int(inside.sum())):
            for sources, x in moves:
                inside[sources ^ x] |= inside[sources]
        members = np.flatnonzero(inside)
        # A real rotation has an imaginary generator; a global phase of the start would spoil it.
        real = all(turn.x for turn in turns) and not np.abs(start.imag).max() > NEGLIGIBLE
        real = real and all(not np.abs(entry.real).max() > NEGLIGIBLE for _, entry in entries)
        kept = start[members]
        return cls(len(start).bit_length() - 1, members, kept.real if real else kept, real)

    @cached_property
    def place(self) -> Indices:
        """Where a basis state stands among the members, or -1, shape ``(2**n,)``."""
        place = np.full(2**self.qubits, -1)
        place[self.members] = np.arange(len(self.members))
        return place

    @cached_property
    def _made(self) -> dict[object, Rotation | Phases]:
        """Turns that were asked for before."""
        return {}

    def rotation(self, turn: Turn) -> Rotation | Phases:
        """A turn as it acts here."""
        if turn.words not in self._made:
            self._made[turn.words] = self._rotation(turn)
        return self._made[turn.words]

    def _rotation(self, turn: Turn) -> Rotation | Phases:
        entry = entry_of(turn, self.members)
        if not turn.x:
            return Phases(entry.real[:, None].copy())
        other = self.members ^ turn.x
        low = np.flatnonzero((np.abs(entry) > NEGLIGIBLE) & (self.members < other))
        size = np.abs(entry[low])
        phase = -1j * entry[low] / size
        return Rotation(
            low=low,
            high=self.place[other[low]],
            phase=(phase.real if self.real else phase)[:, None].copy(),
            size=size[:1, None] if np.allclose(size, size[:1]) else size[:, None],
        )

    def order(self, gate: Gate) -> Indices:
        """Which member each member takes its amplitude from at a ``cx``, shape ``(S,)``.

        Raises:
            ValueError: Another gate.
        """
        if gate.name != "cx":
            raise ValueError(f"{gate.name} is not cx")
        control, target = gate.qubits
        order: Indices = self.place[self.members ^ (self.members >> control & 1) << target]
        return order

    def lift(self, states: States) -> ComplexArray:
        """State vectors of shape ``(B, 2**n)``."""
        full = np.zeros((states.shape[1], 2**self.qubits), dtype=np.complex128)
        full[:, self.members] = states.T
        return full

    def operator(self, sums: Sequence[PauliSum]) -> Dense | Shifted:
        """One operator for each column, projected on the members."""
        words = sorted({word for one in sums for word in one.terms}, key=lambda w: (w.x, w.z))
        weights = np.array([[one.terms.get(word, 0.0) for one in sums] for word in words])
        shifts: list[tuple[Indices, Indices, States]] = []
        flips = np.array([word.x for word in words])
        for x in np.unique(flips).tolist():
            chosen = np.flatnonzero(flips == x)
            targets = self.place[self.members ^ x]
            held = np.flatnonzero(targets >= 0)
            if len(held):
                diagonals = np.stack([entries(words[k], self.members[held]) for k in chosen], 1)
                table = (diagonals.real if self.real else diagonals) @ weights[chosen]
                shifts.append((held, targets[held], table))
        size = len(self.members)
        made = Shifted(size, tuple(shifts))
        return made.dense(len(sums)) if size <= DENSE and len(shifts) > 12 else made


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """``(H psi)[target] += entry psi[source]`` for each set of flipped qubits.

    Attributes:
        shifts: Sources and targets of shape ``(H,)``, entries of shape ``(H, B)``.
    """

    size: int
    shifts: tuple[tuple[Indices, Indices, States], ...]

    def apply(self, states: States, rows: Indices) -> States:
        """Columns times the operators of ``rows``, shape ``(S, B)``."""
        total = np.zeros_like(states)
        everything = not self.shifts or _everything(rows, self.shifts[0][2].shape[1])
        for sources, targets, weights in self.shifts:
            total[targets] += (weights if everything else weights[:, rows]) * states[sources]
        return total

    def dense(self, batch: int) -> Dense:
        matrices = np.zeros((batch, self.size, self.size), dtype=self.shifts[0][2].dtype)
        for sources, targets, weights in self.shifts:
            matrices[:, targets, sources] += weights.T
        return Dense(matrices)


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """One matrix for each column, shape ``(B, S, S)``."""

    matrices: States

    def apply(self, states: States, rows: Indices) -> States:
        everything = _everything(rows, len(self.matrices))
        chosen = self.matrices if everything else self.matrices[rows]
        moved: States = (chosen @ states.T[:, :, None])[:, :, 0].T
        return np.ascontiguousarray(moved)


def _everything(rows: Indices, size: int) -> bool:
    return len(rows) == size and np.array_equal(rows, np.arange(size))


def entries(word: PauliWord, states: Indices) -> ComplexArray:
    """``<j ^ x| P |j>`` for each basis state j."""
    signs = 1.0 - 2.0 * (np.bitwise_count(states & word.z) & 1)
    made: ComplexArray = 1j ** ((word.x & word.z).bit_count() % 4) * signs
    return made


def entry_of(turn: Turn, states: Indices) -> ComplexArray:
    """``<j ^ x| G |j>`` for each basis state j."""
    total: ComplexArray = np.zeros(len(states), dtype=np.complex128)
    for word, factor in turn.words:
        total += factor * entries(word, states)
    return total
