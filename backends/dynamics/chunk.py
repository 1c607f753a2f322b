"""Phases and rotations of a chunk of trajectories that fits in a processor's cache.

Arrays have shape ``(2**n, C)`` for ``C`` trajectories: what differs between trajectories is then
always along the last axis. A rotation about X is a phase between two Hadamard transforms, which are
products with real matrices that all trajectories share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backends.dynamics.model import Model
from backends.dynamics.scheme import Stage

SAME = 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """What one stage multiplies the states with.

    Attributes:
        table: Of a phase, of each level of the diagonals that change, ``(L, C)``; of a rotation, of
            its phase between Hadamard transforms, as `Slice.spread` takes it.
        frame: The same of the direction of a rotation that is not about X.
    """

    stage: Stage
    table: Any = None
    frame: Any = None


@dataclass(kw_only=True, eq=False)
class Slice:
    """One slice of time: what acts on ``C`` trajectories between two edges.

    Attributes:
        weights: At both edges, shape ``(2, M, C)``.
        drives: At both edges, shape ``(2, G, C)``; real where no Y acts.
        step: Length of a substep, shape ``(C,)``.
        substeps: How many there are.
        kind: Complex type of the states.
    """

    model: Model
    weights: Any
    drives: Any
    step: Any
    substeps: int
    kind: Any
    _held: dict[float, Any] = field(default_factory=dict)
    _energies: Any = None
    _moving: list[int] = field(default_factory=list)
    _matrices: list[tuple[Any, Any]] = field(default_factory=list)
    _spare: Any = None
    _rows: Any = None

    def __post_init__(self) -> None:
        xp, model = self.model.xp, self.model
        real = np.zeros(0, self.kind).real.dtype
        self._matrices = model.hadamards(real, self.weights.shape[-1])
        change = np.asarray(abs(self.weights[1] - self.weights[0]).max(axis=1))
        moving = change > SAME * np.asarray(abs(self.weights).max(axis=(0, 2)))
        self._moving = np.flatnonzero(moving).tolist()
        held = np.flatnonzero(~moving).tolist()
        angles = self.weights[0][held] * self.step
        if bool((angles == angles[:, :1]).all()):
            angles = angles[:, :1]
        if held:
            self._energies = xp.asarray(model.diagonals[held].T) @ angles

    def actions(self, block: list[Stage]) -> list[Action]:
        """What some stages multiply the states with, computed together."""
        phases = [stage for stage in block if stage.diagonal]
        turns = [stage for stage in block if not stage.diagonal]
        made = iter(self._phases(phases)), iter(self._turns(turns))
        return [next(made[0 if stage.diagonal else 1]) for stage in block]

    def advanced(self, states: Any, action: Action) -> Any:
        """The states after one stage, shape ``(2**n, C)``; the array given may be overwritten."""
        if action.stage.diagonal:
            return self.phased(states, action)
        if action.frame is not None:
            states *= self.spread(action.frame, inverse=True)
        states = self.transformed(states)
        states *= self.spread(action.table)
        states = self.transformed(states, back=True)
        if action.frame is not None:
            states *= self.spread(action.frame)
        return states

    def phased(self, states: Any, action: Action, *, inverse: bool = False) -> Any:
        """The states after a diagonal stage, or before it."""
        if self._energies is not None:
            states *= self._constant(-action.stage.share if inverse else action.stage.share)
        if action.table is not None:
            table = action.table.conj() if inverse else action.table
            states *= self._gathered(table, self.model.levels(self._moving)[1])
        return states

    def spread(self, table: Any, *, inverse: bool = False) -> Any:
        """Factors of each basis state from those of 0 and 1 of the driven qubits, ``(2**n, C)``.

        Args:
            table: Of ``0 ... n`` qubits that are 1, ``(n + 1, C)``, where one drive acts on all;
                otherwise of each group's 0 and 1, ``(2, G, C)``.
        """
        model, xp = self.model, self.model.xp
        table = table.conj() if inverse else table
        if model.whole:
            return self._gathered(table, model.counts)
        owner = {qubit: g for g, group in enumerate(model.groups) for qubit in group}
        product = xp.ones((1, table.shape[2]), dtype=self.kind)
        for qubit in range(model.qubits):
            sides = [product, product]
            if qubit in owner:
                sides = [product * table[side, owner[qubit]] for side in (0, 1)]
            product = xp.concatenate(sides)
        return product

    def transformed(self, states: Any, *, back: bool = False) -> Any:
        """The Hadamard transform of every qubit with the matrix ``[[1, 1], [1, -1]]``.

        Its inverse is half of it. Both are exact in every precision, which ``1 / sqrt(2)`` is not:
        its rounding would change the norm a little more with every rotation.

        Args:
            back: The inverse.
        """
        flat, left = states.view(self._matrices[0][0].dtype), 1
        for pair in self._matrices:
            matrix = pair[back]
            width = len(matrix)
            flat = flat.reshape(width, -1) if left == 1 else flat.reshape(left, width, -1)
            flat = self._product(matrix, flat)
            left *= width
        return flat.reshape(self.model.size, -1).view(self.kind)

    def drive(self, stage: Stage) -> Any:
        """Of each group when a rotation acts, shape ``(G, C)``."""
        return self._between(self.drives, [stage])[0]

    def _phases(self, block: list[Stage]) -> list[Action]:
        if not (self._moving and block):
            return [Action(stage) for stage in block]
        values, _ = self.model.levels(self._moving)
        angles = -self._between(self.weights[:, self._moving], block) * self.step
        angles *= self._shares(block)
        if self.model.ladder(self._moving):
            first, rise = values[0, 0], values[1, 0] - values[0, 0]
            ends = self._turned(first * angles[:, 0]), self._turned(rise * angles[:, 0])
            tables = self._climbed(*ends, len(values))
        else:
            tables = self._exponential(values @ angles)
        return [Action(stage, tables[index]) for index, stage in enumerate(block)]

    def _turns(self, block: list[Stage]) -> list[Action]:
        if not block:
            return []
        drives = self._between(self.drives, block)
        if drives.dtype.kind != "c":
            tables = self._sides(-drives * self.step * self._shares(block), both=True)
            return [Action(stage, tables[index]) for index, stage in enumerate(block)]
        tables = self._sides(-abs(drives) * self.step * self._shares(block), both=True)
        frames = self._sides(self.model.xp.angle(drives), both=False)
        return [Action(stage, tables[i], frames[i]) for i, stage in enumerate(block)]

    def _sides(self, angles: Any, *, both: bool) -> Any:
        """Tables for `spread` of ``exp(i angle Z)`` or ``exp(i angle n)``, one for each stage.

        Args:
            angles: Shape ``(stages, G, C)``.
        """
        xp, qubits = self.model.xp, self.model.qubits
        if self.model.whole:
            one = angles[:, 0]
            first = self._turned(qubits * one) if both else xp.ones(one.shape, dtype=complex)
            return self._climbed(first, self._turned(-2 * one if both else one), qubits + 1)
        factor = self._exponential(angles)
        zero = factor if both else xp.ones_like(factor)
        return xp.stack([zero, factor.conj() if both else factor], axis=1)

    def _climbed(self, first: Any, ratio: Any, count: int) -> Any:
        """Tables of so many levels, each that below times the ratio: ``(stages, count, C)``.

        Args:
            first: Shape ``(stages, C)``, in double precision as the ratio is.
        """
        xp = self.model.xp
        if xp is np:
            table = np.empty((len(first), count, first.shape[1]), dtype=complex)
            table[:, 0] = first
            for row in range(1, count):
                np.multiply(table[:, row - 1], ratio, out=table[:, row])
        else:
            rows = [first]
            for _ in range(count - 1):
                rows.append(rows[-1] * ratio)
            table = xp.stack(rows, axis=1)
        return table.astype(self.kind, copy=False)

    def _shares(self, block: list[Stage]) -> Any:
        return self.model.xp.asarray([stage.share for stage in block])[:, None, None]

    def fraction(self, stage: Stage) -> float:
        """Where in the slice a stage acts, 0 to 1."""
        return stage.time / self.substeps

    def _between(self, edges: Any, block: list[Stage]) -> Any:
        """At the time of each stage, shape ``(stages, ..., C)``."""
        shares = self.model.xp.asarray([self.fraction(stage) for stage in block])[:, None, None]
        return (1 - shares) * edges[0] + shares * edges[1]

    def _product(self, matrix: Any, flat: Any) -> Any:
        """``matrix @ flat``, whose array is written to by the next product.

        Fresh memory costs about as much as the product does.
        """
        if self.model.xp is not np:
            return matrix @ flat
        spare = self._spare
        if spare is None or spare.size != flat.size:
            spare = np.empty_like(flat)
        self._spare = flat
        return np.matmul(matrix, flat, out=spare.reshape(flat.shape))

    def _gathered(self, table: Any, index: Any) -> Any:
        """Rows of a table, in an array that is used again."""
        if self.model.xp is not np:
            return self.model.xp.take(table, index, 0)
        shape = (len(index), table.shape[1])
        if self._rows is None or self._rows.shape != shape:
            self._rows = np.empty(shape, self.kind)
        return np.take(table, index, axis=0, out=self._rows, mode="clip")

    def _constant(self, share: float) -> Any:
        """Phases of the diagonals that do not change in this slice."""
        if share not in self._held:
            self._held[share] = self._exponential(-share * self._energies)
        return self._held[share]

    def _exponential(self, angles: Any) -> Any:
        """``exp(i angle)`` as the states are."""
        return self._turned(angles).astype(self.kind, copy=False)

    def _turned(self, angles: Any) -> Any:
        """``exp(i angle)`` in double precision."""
        xp = self.model.xp
        if xp is not np or angles.dtype.kind == "c":
            return xp.cos(angles) + 1j * xp.sin(angles)
        turned = np.empty(angles.shape, dtype=complex)
        turned.real, turned.imag = np.cos(angles), np.sin(angles)
        return turned
