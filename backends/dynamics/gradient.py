"""Derivatives of a goal with respect to all weights and drives, by one run backwards.

The adjoint method: with ``lambda = d goal / d psi*`` at the end, each exponential ``U`` of the
splitting is undone on ``psi`` and ``lambda`` alike, and gives ``2 Re <lambda| dU U^+ |psi>`` on the
way. The result is the exact derivative of the discretised evolution, and costs about three
evolutions whatever the number of slices (GRAPE: Khaneja et al., J. Magn. Reson. 172, 296 (2005)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backends.dynamics.chunk import Action, Slice
from backends.dynamics.driven import Terms
from backends.dynamics.evolution import TOLERANCE, planned
from backends.dynamics.model import Model
from backends.dynamics.programme import Programme
from backends.dynamics.scheme import blocks
from backends.schema.experiment import FloatArray


class Goal(Protocol):
    """A real function of the final state of each trajectory."""

    def value(self, states: Any, rows: slice) -> Any:
        """Shape ``(C,)``, from states ``(C, 2**n)`` of the trajectories ``rows``."""
        ...

    def costate(self, states: Any, rows: slice) -> Any:
        """Its derivative with respect to the conjugate amplitudes, shape ``(C, 2**n)``."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Diagonal:
    """Expectation of an operator that is diagonal.

    Attributes:
        values: Shape ``(2**n,)``; a probability where they are 0 and 1.
    """

    values: FloatArray

    def value(self, states: Any, rows: slice) -> Any:
        """As of `Goal`."""
        return (abs(states) ** 2) @ self.values

    def costate(self, states: Any, rows: slice) -> Any:
        """As of `Goal`."""
        return states * self.values


@dataclass(frozen=True, slots=True, eq=False)
class Fidelity:
    """Probability of a state.

    Attributes:
        target: Shape ``(2**n,)``, or one for each trajectory, ``(B, 2**n)``.
    """

    target: Any

    def value(self, states: Any, rows: slice) -> Any:
        """As of `Goal`."""
        return abs((self._target(rows).conj() * states).sum(axis=1)) ** 2

    def costate(self, states: Any, rows: slice) -> Any:
        """As of `Goal`."""
        target = self._target(rows)
        return target * (target.conj() * states).sum(axis=1)[:, None]

    def _target(self, rows: slice) -> Any:
        return self.target[rows] if self.target.ndim == 2 else self.target[None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gradient:
    """A goal and its derivatives.

    Attributes:
        values: Of the goal, shape ``(B,)``.
        terms: Derivatives, shapes ``(B, S, 2, M)`` and ``(B, S, 2, G)``; of a complex drive
            ``x + i y`` the derivative is ``d/dx + i d/dy``. ``Driven.pullback`` takes it on.
    """

    values: FloatArray
    terms: Terms


def gradient(
    model: Model,
    states: Any,
    weights: Any,
    drives: Any,
    durations: Any,
    *,
    goal: Goal,
    tolerance: float = TOLERANCE,
    order: int | None = None,
    substeps: Any = None,
    chunk: int | None = None,
) -> Gradient:
    """The goal at the end and its derivatives; arguments as those of `evolve`.

    Raises:
        ValueError: Names the argument, its value or shape and what is allowed.
    """
    programme = Programme.of(model, states, weights, drives, durations)
    counts, order = planned(programme, substeps, tolerance, order)
    values = np.empty(programme.rows)
    found = Terms(
        weights=np.zeros(programme.weights.shape),
        drives=np.zeros(programme.drives.shape, dtype=programme.drives.dtype),
    )
    plans = [blocks(order, count) for count in counts.tolist()]
    for rows in programme.chunks(chunk):
        parts = [
            _doubled(programme.slice_of(rows, index, count))
            for index, count in enumerate(counts.tolist())
        ]
        pair = model.xp.array(programme.states[rows].T, order="C")
        pair = model.xp.concatenate([pair, pair], axis=1)
        for part, plan in zip(parts, plans, strict=True):
            for block in plan:
                for action in part.actions(block):
                    pair = part.advanced(pair, action)
        ends = pair[:, : pair.shape[1] // 2].T
        values[rows] = np.asarray(goal.value(ends, rows))
        costate = goal.costate(ends, rows).T.astype(pair.dtype)
        pair = model.xp.concatenate([ends.T, costate], axis=1)
        for index in reversed(range(len(parts))):
            run = _Backwards(parts[index])
            for block in reversed(plans[index]):
                for action in reversed(parts[index].actions(block)):
                    pair = run.undone(pair, action)
            found.weights[rows, index] = np.moveaxis(np.asarray(run.weights), 2, 0)
            found.drives[rows, index] = np.moveaxis(np.asarray(run.drives), 2, 0)
    return Gradient(values=values, terms=found)


class _Backwards:
    """One slice, run backwards on states and costates side by side, ``(2**n, 2 C)``."""

    def __init__(self, part: Slice) -> None:
        self.part = part
        self.width = part.step.shape[0] // 2
        self.weights = part.model.xp.zeros_like(part.weights[:, :, : self.width])
        self.drives = part.model.xp.zeros_like(part.drives[:, :, : self.width])
        self.diagonals = part.model.xp.asarray(part.model.diagonals)
        self.signs = part.model.xp.asarray(part.model.signs)

    def undone(self, pair: Any, action: Action) -> Any:
        """Before a stage; adds what the stage contributes."""
        if action.stage.diagonal:
            duration = action.stage.share * self.part.step[: self.width]
            self._add(self.weights, action, 2 * duration * self._both(self.diagonals, pair))
            return self.part.phased(pair, action, inverse=True)
        return self._turned_back(pair, action)

    def _turned_back(self, pair: Any, action: Action) -> Any:
        part = self.part
        upright = None
        if action.frame is not None:
            upright = self._both(self.signs, pair)
            pair *= part.spread(action.frame, inverse=True)
            quarter = part.model.xp.asarray((-1j) ** part.model.excited.sum(axis=0))[:, None]
            turned = part.transformed((pair * quarter).astype(pair.dtype))
            aside = self._both(self.signs, turned) / part.model.size
        pair = part.transformed(pair)
        along = self._both(self.signs, pair) / part.model.size
        if upright is None:
            change = along * action.stage.share * part.step[: self.width]
        else:
            change = self._direction(action, along, aside, upright)
        self._add(self.drives, action, 2 * change)
        pair *= part.spread(action.table, inverse=True)
        pair = part.transformed(pair, back=True)
        if action.frame is not None:
            pair *= part.spread(action.frame)
        return pair

    def _direction(self, action: Action, along: Any, aside: Any, upright: Any) -> Any:
        """``d/dx + i d/dy``: what turns a rotation's axis turns the state about another one.

        ``dU U^+ = -i int e^(-i s r a) e e^(i s r a) ds`` over the duration, with ``a`` the axis,
        ``e`` that of the change and ``r`` the strength.
        """
        xp = self.part.model.xp
        drive = self.part.drive(action.stage)[:, : self.width]
        duration = action.stage.share * self.part.step[: self.width]
        strength, axis = abs(drive), xp.exp(1j * xp.angle(drive))
        angle = strength * duration / np.pi
        bend = aside * xp.sinc(2 * angle) + upright * xp.sin(np.pi * angle) * xp.sinc(angle)
        return duration * axis * (along + 1j * bend)

    def _both(self, rows: Any, pair: Any) -> Any:
        """``Im <lambda| row |psi>`` of each row of diagonals, shape ``(rows, C)``."""
        states, costates = pair[:, : self.width], pair[:, self.width :]
        return rows @ (costates.real * states.imag - costates.imag * states.real)

    def _add(self, edges: Any, action: Action, change: Any) -> None:
        fraction = self.part.fraction(action.stage)
        edges[0] += (1 - fraction) * change
        edges[1] += fraction * change


def _doubled(part: Slice) -> Slice:
    """The same for states and costates side by side."""
    xp = part.model.xp
    weights, drives, step = (
        xp.concatenate([array, array], axis=-1) for array in (part.weights, part.drives, part.step)
    )
    return Slice(
        model=part.model,
        weights=weights,
        drives=drives,
        step=step,
        substeps=part.substeps,
        kind=part.kind,
    )
