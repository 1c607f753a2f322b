"""Evolution of a world's system under many schedules, each with a truth and noise of its own.

``B`` schedules, ``T`` trajectories of each, ``n`` qubits, ``P`` parameters, ``K`` knots.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from backends.dynamics import evolve, substeps_for
from backends.dynamics.sampling import probabilities, read
from backends.systems.pauli import ComplexArray
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control import precision as precisions
from qtwin.worlds.control.driven import Driven
from qtwin.worlds.control.goal import Goal
from qtwin.worlds.control.noise import Keyed, Keys, spread
from qtwin.worlds.control.parameter import DEPHASING, FROZEN, NOISE, Truths
from qtwin.worlds.control.space import Knots, ScheduleSpace

ROUNDING = 0.05
"""Of numbers of steps: pieces differ a little where times lie on a grid."""
MOST_AMPLITUDES = 2**22
"""Of the states that are held at once."""
SAMPLED = 4
"""Schedules on which the length of time steps is measured."""


class Prepared(NamedTuple):
    """What the schedules prepare.

    Attributes:
        values: Of the goal, mean over trajectories, shape ``(B,)``.
        chances: What detectors read, shape ``(B, T, 2**n)``.
    """

    values: FloatArray
    chances: FloatArray


class Simulator:
    """One world's dynamics. What comes out for a row does not depend on the other rows."""

    def __init__(
        self,
        driven: Driven,
        schedules: ScheduleSpace,
        goal: Goal,
        truths: Truths,
        *,
        trajectories: int,
        tolerance: float,
        precision: str | None,
    ) -> None:
        self._driven, self._schedules, self._goal, self._truths = driven, schedules, goal, truths
        self._tolerance, self._precision = tolerance, precision
        self._dephased, self._resolved = truths.has(DEPHASING), truths.has(*FROZEN)
        self.trajectories = trajectories if truths.has(*NOISE) else 1
        self.dynamics = driven.dynamics(resolved=self._resolved)

    @cached_property
    def substeps(self) -> int:
        """Time steps of each piece of a schedule.

        As many as the tolerance needs in the sweep, at the controls' upper bounds, and in random
        schedules, each with another truth.
        """
        space, rng = self._schedules, np.random.default_rng(0)
        actions = rng.uniform(-1.0, 1.0, (SAMPLED, space.segments, len(space.components)))
        actions[0] = 1.0
        actions[1] = space.actions(space.sweep())
        if space.pace.free:
            actions[..., -1] = 1.0
        picked = self._truths.draws[rng.integers(len(self._truths.draws), size=SAMPLED)]
        knots = space.knots(actions)
        terms = self._terms(knots, picked, Keyed(np.arange(SAMPLED, dtype=np.uint64)))
        counts = substeps_for(
            self.dynamics.model, self._start(precisions.DOUBLE), *terms,
            np.diff(knots.times, axis=1), tolerance=self._tolerance,
            order=4 if self._dephased else None,
        )  # fmt: skip
        return int(counts.max())

    @cached_property
    def precision(self) -> str:
        """``single`` or ``double``: what the document says, or what the tolerance asks for."""
        if self._precision is not None:
            return self._precision
        return precisions.chosen(self._tolerance, self.substeps * self._schedules.pace.pieces)

    def run(self, knots: Knots, truths: FloatArray, keys: Keys) -> Prepared:
        """Evolve all.

        Args:
            truths: Shape ``(B, P)``.
            keys: Of the noise, shape ``(B,)``.
        """
        size = max(1, MOST_AMPLITUDES // (self.trajectories * self.dynamics.model.size))
        blocks = [slice(start, start + size) for start in range(0, len(truths), size)]
        found = [
            self._run(Knots(knots.times[rows], knots.values[rows]), truths[rows], keys[rows])
            for rows in blocks
        ]
        return Prepared(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _run(self, knots: Knots, truths: FloatArray, keys: Keys) -> Prepared:
        """As `run`, all at once."""
        rows, parts = len(truths), self.trajectories
        states = self.states(knots, truths, keys)
        values = self._goal.values(states[:, -1]).reshape(rows, parts).mean(axis=1)
        columns = self._truths.columns(np.repeat(truths, parts, axis=0))
        wrong = (columns[name] for name in self._driven.misread)
        chances = read(probabilities(states[:, -1]), *wrong)
        return Prepared(values, chances.reshape(rows, parts, -1))

    def states(
        self, knots: Knots, truths: FloatArray, keys: Keys, *, every: bool = False, cuts: int = 1
    ) -> ComplexArray:
        """States at the end, shape ``(B * T, 1, 2**n)``, or at every edge; complex128.

        Args:
            every: Whether to return those at the edges of all slices, ``(B * T, S + 1, 2**n)``.
            cuts: Slices into which each piece of a schedule is cut.
        """
        self._truths.check(truths)
        parts = self.trajectories
        knots = Knots(*(np.repeat(array, parts, axis=0) for array in _cut(knots, cuts)))
        truths = np.repeat(truths, parts, axis=0)
        noise = Keyed(spread(keys, parts))
        terms = self._terms(knots, truths, noise)
        found = evolve(
            self.dynamics.model, self._start(self.precision), *terms,
            np.diff(knots.times, axis=1), tolerance=self._tolerance,
            order=4 if self._dephased else None,
            substeps=self._substeps(knots), every=every,
            dephasing=self._truths.columns(truths)[DEPHASING] if self._dephased else None,
            rng=cast("np.random.Generator", noise),
        )  # fmt: skip
        return precisions.settled(found if every else found[:, None])

    @property
    def step(self) -> float:
        """Longest step of time."""
        longest = self._schedules.pace.longest / self._schedules.pace.pieces
        return longest / self.substeps

    def _substeps(self, knots: Knots) -> NDArray[np.int64]:
        """Steps of each slice, shape ``(S,)``; of the world's own schedules always as many."""
        lengths = np.diff(knots.times, axis=1)
        own = lengths.shape[1] == self._schedules.pace.pieces
        needed = np.ceil(lengths.max(axis=0) / self.step - ROUNDING).astype(np.int64)
        steps: NDArray[np.int64] = np.maximum(needed, self.substeps if own else 1)
        return steps

    def _terms(self, knots: Knots, truths: FloatArray, noise: Keyed) -> tuple[FloatArray, Any]:
        controls = {name: knots.values[:, :, i] for i, name in enumerate(self._schedules.names)}
        given = self._truths.columns(truths)
        dynamics = cast("Any", self.dynamics)
        frozen = {"frozen": dynamics.frozen(given, len(truths), noise)} if self._resolved else {}
        terms = dynamics.terms(controls, given, **frozen)
        return terms.weights, terms.drives

    def _start(self, precision: str) -> ComplexArray:
        """Of all trajectories, shape ``(1, 2**n)``."""
        start = np.asarray(cast("Any", self.dynamics).start)
        found: ComplexArray = start.astype(precisions.kind(precision))[None]
        return found


def _cut(knots: Knots, cuts: int) -> Knots:
    """The same schedules with each piece cut into ``cuts`` equal slices."""
    if cuts == 1:
        return knots
    filled = []
    for array in knots:
        steps = np.diff(array, axis=1)
        parts = [array[:, :-1] + share * steps for share in np.arange(cuts) / cuts]
        inner = np.stack(parts, axis=2).reshape(len(array), -1, *array.shape[2:])
        filled.append(np.concatenate([inner, array[:, -1:]], axis=1))
    return Knots(*filled)
