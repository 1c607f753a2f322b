"""Gradient ascent of pulses, over one system or over an ensemble of its parameters.

The mean of a goal over ``E`` trajectories, which share the knots of the waveforms and differ in
their parameters, is raised by L-BFGS-B within bounds (Byrd et al., SIAM J. Sci. Comput. 16, 1190
(1995)). With several members the pulse is robust to what differs between them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.dynamics.driven import Driven, Values
from backends.dynamics.evolution import substeps_for
from backends.dynamics.gradient import Goal, gradient
from backends.schema.experiment import FloatArray

ITERATIONS = 200
TOLERANCE = 1e-3
"""Of the states, 2-norm; the final value is that of the same discretisation."""

Knots = dict[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ascent:
    """What was found.

    Attributes:
        knots: By control, shape ``(S + 1,)``.
        value: Mean of the goal over the ensemble.
        values: Of each member, shape ``(E,)``.
        history: Mean after each evaluation of the goal.
        substeps: Of each slice, that were used.
        message: Why it ended.
    """

    knots: Knots
    value: float
    values: FloatArray
    history: list[float]
    substeps: Any
    message: str


def ascend(
    driven: Driven,
    start: Any,
    goal: Goal,
    *,
    knots: Mapping[str, Any],
    lower: Mapping[str, Any],
    upper: Mapping[str, Any],
    durations: Any,
    parameters: Values | None = None,
    substeps: Any = None,
    iterations: int = ITERATIONS,
    evaluations: int | None = None,
    on_value: Callable[[Knots, float], bool | None] | None = None,
) -> Ascent:
    """Raise the mean of a goal.

    Args:
        start: States at time 0, shape ``(2**n,)`` or ``(E, 2**n)``.
        knots: First values at the edges of the slices, by control, shape ``(S + 1,)``.
        lower: Bounds by control, a number or ``(S + 1,)``; where both are equal a knot is fixed.
        upper: As ``lower``.
        durations: Of the slices, shape ``(S,)``.
        parameters: Of each member, each a number or ``(E,)``.
        substeps: As of `evolve`; by default those of `TOLERANCE` at the first knots.
        evaluations: Most evaluations of the goal and its gradient.
        on_value: Told of each evaluation; True ends the ascent.

    Raises:
        ValueError: Bounds cross, or have other names than the knots.
    """
    from scipy.optimize import Bounds, minimize

    search = _Search(
        driven, start, goal, durations=durations, parameters=parameters or {}, names=list(knots)
    )
    low, high = search.bounds(lower, upper)
    first = np.clip(search.packed(knots), low, high)
    search.substeps = substeps if substeps is not None else search.plan(first)
    width = np.where(high > low, high - low, 1.0)
    history: list[float] = []
    best: list[Any] = [-np.inf, first, np.empty(0)]

    def descent(scaled: FloatArray) -> tuple[float, FloatArray]:
        point = low + width * scaled
        values, slope = search.value(point)
        mean = float(values.mean())
        history.append(mean)
        if mean > best[0]:
            best[:] = [mean, point, values]
        ended = on_value is not None and on_value(search.unpacked(point), mean)
        if ended or len(history) >= (evaluations or np.inf):
            raise _EndedError
        return -mean, -slope * width

    scaled = (first - low) / width
    limits = Bounds(np.zeros(len(low)), (high - low) / width)
    try:
        run = minimize(
            descent, scaled, jac=True, method="L-BFGS-B", bounds=limits,
            options={"maxiter": iterations, "maxfun": 10 * iterations, "ftol": 1e-12},
        )  # fmt: skip
        message = str(run.message)
    except _EndedError:
        message = "ended by the caller or at its most evaluations"
    return Ascent(
        knots=search.unpacked(best[1]),
        value=best[0],
        values=best[2],
        history=history,
        substeps=search.substeps,
        message=message,
    )


class _EndedError(Exception):
    """The caller wants no more."""


class _Search:
    """The goal as a function of all knots in one vector."""

    def __init__(
        self,
        driven: Driven,
        start: Any,
        goal: Goal,
        *,
        durations: Any,
        parameters: Values,
        names: list[str],
    ) -> None:
        self.driven, self.start, self.goal = driven, start, goal
        self.durations, self.parameters = durations, parameters
        self.names = names
        self.edges = len(np.atleast_1d(durations)) + 1
        self.substeps: Any = None

    def packed(self, values: Mapping[str, Any]) -> FloatArray:
        """One vector of all controls."""
        if set(values) != set(self.names):
            raise ValueError(f"controls are {sorted(values)}; allowed: {sorted(self.names)}")
        return np.concatenate(
            [
                np.broadcast_to(np.asarray(values[name], dtype=np.float64), (self.edges,))
                for name in self.names
            ]
        )

    def unpacked(self, vector: FloatArray) -> Knots:
        """Knots by control."""
        return dict(zip(self.names, vector.reshape(len(self.names), -1).copy(), strict=True))

    def bounds(self, lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Any:
        """Bounds of the vector."""
        low, high = self.packed(lower), self.packed(upper)
        if not bool((low <= high).all()):
            raise ValueError("a lower bound is above its upper bound; allowed: lower <= upper")
        return low, high

    def plan(self, vector: FloatArray) -> Any:
        """Substeps at some knots."""
        terms = self.driven.terms(self.unpacked(vector), self.parameters)
        return substeps_for(
            self.driven.model, self.start, terms.weights, terms.drives, self.durations,
            tolerance=TOLERANCE,
        )  # fmt: skip

    def value(self, vector: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The goal of each member, ``(E,)``, and the gradient of the mean."""
        knots = self.unpacked(vector)
        terms = self.driven.terms(knots, self.parameters)
        found = gradient(
            self.driven.model, self.start, terms.weights, terms.drives, self.durations,
            goal=self.goal, substeps=self.substeps, order=4,
        )  # fmt: skip
        slopes = self.driven.pullback(found.terms, knots, self.parameters)
        return found.values, np.concatenate([slopes[name].mean(axis=0) for name in self.names])
