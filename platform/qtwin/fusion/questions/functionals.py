"""Functionals of the truth with their errors, from draws: where is the minimum, and how deep?

A minimum is an equilibrium and its energy; the extremum of a first derivative is the steepest
place of a transition; a crossing is where the curve meets a level, or the curve of another fit,
whose errors are taken as independent; an area is the integral. Every draw is a whole function, so
value and position are of one and the same function, and one that has no crossing says so.
Shapes: ``S`` draws, ``M`` grid points, ``D`` controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import Claim, FloatArray, IntArray
from qtwin.fusion.evidence.sites import unit_cube
from qtwin.fusion.questions.box import Box, minima
from qtwin.fusion.questions.curves import Curves
from qtwin.fusion.questions.draws import jets
from qtwin.fusion.questions.estimate import Estimate, estimate, reach_of, weakest
from qtwin.fusion.questions.question import Functional, Kind
from qtwin.fusion.star.posterior import StarFit

GRID = 129
"""Points of the grid that curves are drawn on; positions are finer, see ``curves``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What draws say of a functional.

    Attributes:
        value: Of the truth there, or the area; None when no draw has it.
        position: Of each free control, by index; empty for an area, or when no draw has it.
        share: Part of the draws that have it; the estimates are over those alone.
        at_bound: Part of those whose extremum lies on the bounds of the range.
        several: Part of the draws with more than one crossing, of which the first counts.
        claim: What the intervals may be called.
    """

    value: Estimate | None
    position: Mapping[int, Estimate]
    share: float
    at_bound: float
    several: float
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """The functional of each draw."""

    value: FloatArray  # (S,)
    place: Mapping[int, FloatArray]  # (S,) each
    number: IntArray  # (S,), 0 where the draw has none


def evaluate(
    fit: StarFit,
    asked: Functional,
    *,
    other: StarFit | None = None,
    count: int = 1000,
    seed: int = 0,
    grid: int = GRID,
) -> Answer:
    """Answer a functional; deterministic by seed.

    Args:
        fit: Of the observable.
        asked: The question.
        other: Fit of a second observable over the same controls, for their crossing.
        count: Draws.
        seed: Of the draws.
        grid: Points that curves of one control are drawn on.

    Raises:
        ValueError: The question does not suit the controls, or the other fit.
    """
    if other is not None and asked.kind is not Kind.CROSSING:
        raise ValueError(f"a {asked.kind} is of one fit; only a crossing takes another")
    if other is not None and not np.array_equal(other.bounds, fit.bounds):
        raise ValueError("the other fit has other controls, or other bounds")
    low, high = asked.ranges(fit.bounds)
    fits = (fit,) if other is None else (fit, other)
    if np.sum(high > low) > 1:
        found = _over_box(fit, asked, low, high, count=count, seed=seed)
    else:
        control = int(np.argmax(high - low))
        line = np.tile(low, (grid, 1))
        line[:, control] = np.linspace(low[control], high[control], grid)
        curves = [
            _draw(each, asked, line, control, count=count, seed=(seed, i))
            for i, each in enumerate(fits)
        ]
        found = _along(asked, curves, control)
    return _answer(fits, asked, found, low, high)


def _draw(
    fit: StarFit,
    asked: Functional,
    line: FloatArray,
    control: int,
    *,
    count: int,
    seed: tuple[int, int],
) -> Curves:
    orders = (asked.order, asked.order + 1)
    value, slope = jets(fit, line, orders=orders, control=control, count=count, seed=seed)
    return Curves(x=line[:, control], value=value, slope=slope)


def _along(asked: Functional, curves: list[Curves], control: int) -> _Found:
    """Functional of curves of one control."""
    first, once = curves[0], np.ones(len(curves[0].value), dtype=np.int64)
    if asked.kind is Kind.AREA:
        return _Found(value=first.area(), place={}, number=once)
    if asked.kind is Kind.CROSSING:
        level = curves[1] if len(curves) > 1 else asked.level
        sign = {None: 0, True: 1, False: -1}[asked.rising]
        place, number = (first - level).crossings(sign)
        value = np.full(len(place), level) if isinstance(level, float) else first.look(place)
        return _Found(value=value, place={control: place}, number=number)
    value, place = first.minimum() if asked.kind is Kind.MINIMUM else first.maximum()
    return _Found(value=value, place={control: place}, number=once)


def _over_box(
    fit: StarFit, asked: Functional, low: FloatArray, high: FloatArray, *, count: int, seed: int
) -> _Found:
    box = Box(low=unit_cube(low[None], fit.bounds)[0], high=unit_cube(high[None], fit.bounds)[0])
    sign = 1.0 if asked.kind is Kind.MINIMUM else -1.0
    value, place = minima(fit, box, sign=sign, count=count, seed=seed)
    start, stop = fit.bounds.T
    points = np.clip(start + place * (stop - start), low, high)
    return _Found(
        value=fit.scale.shift + fit.scale.factor * sign * value,
        place={int(i): points[:, i] for i in box.free},
        number=np.ones(count, dtype=np.int64),
    )


def _answer(
    fits: tuple[StarFit, ...], asked: Functional, found: _Found, low: FloatArray, high: FloatArray
) -> Answer:
    has = found.number > 0
    reach = max(reach_of(fit) for fit in fits)
    edges = [np.isin(place[has], (low[i], high[i])) for i, place in found.place.items()]
    return Answer(
        value=estimate(found.value[has], reach, _cut(fits, asked, high - low))
        if has.any()
        else None,
        position={
            i: estimate(place[has], reach, (low[i], high[i]))
            for i, place in found.place.items()
            if has.any()
        },
        share=float(np.mean(has)),
        at_bound=float(np.mean(np.any(edges, axis=0))) if edges and has.any() else 0.0,
        several=float(np.mean(found.number > 1)),
        claim=weakest(*(fit.rule.claim for fit in fits)),
    )


def _cut(fits: tuple[StarFit, ...], asked: Functional, width: FloatArray) -> tuple[float, float]:
    """Physical bounds of the value."""
    if asked.order:
        return -np.inf, np.inf
    lowest = max(fit.value_bounds[0] for fit in fits)
    highest = min(fit.value_bounds[1] for fit in fits)
    length = float(width.max()) if asked.kind is Kind.AREA else 1.0
    return lowest * length, highest * length
