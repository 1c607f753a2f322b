"""The points of a sweep: a list, a grid, or a Latin hypercube. Shapes: P points, C controls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, Protocol

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray


class Bounded(Protocol):
    """A control as this module needs it."""

    @property
    def name(self) -> str: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...


def points_of(
    design: Sequence[Any] | Mapping[str, Any],
    controls: Sequence[Bounded],
    *,
    most: int,
    at: str = "/points",
) -> FloatArray:
    """Read a design, shape (P, C) in the order of the controls.

    Args:
        design: A list of points; ``{"grid": {control: values}}`` with the values as a list or as
            ``{"from", "to", "count"}``, the last control fastest; or ``{"latin_hypercube":
            {"count", "seed", "bounds"}}``.
        most: Most points that are allowed.
        at: JSON pointer of the design, for errors.

    Raises:
        ProgramRejected: Says what is wrong and what is allowed.
    """
    if not isinstance(design, Mapping):
        points = _listed(design, len(controls), at)
    elif set(design) == {"grid"}:
        points = _grid(design["grid"], controls, most, f"{at}/grid")
    elif set(design) == {"latin_hypercube"}:
        points = _latin_hypercube(
            design["latin_hypercube"], controls, most, f"{at}/latin_hypercube"
        )
    else:
        raise ProgramRejected("allowed: a list of points, grid, or latin_hypercube", field=at)
    _check_count(len(points), most, at)
    return points


def _listed(rows: Sequence[Any], width: int, at: str) -> FloatArray:
    for index, row in enumerate(rows):
        values = row if isinstance(row, list) else [row]
        if len(values) != width or not all(_is_number(value) for value in values):
            raise ProgramRejected(
                f"{row!r} is no point; allowed: {width} number(s)", field=f"{at}/{index}"
            )
    return np.asarray(rows, dtype=np.float64).reshape(len(rows), width)


def _grid(axes: Any, controls: Sequence[Bounded], most: int, at: str) -> FloatArray:
    _check_names(axes, controls, at)
    for control in controls:
        if control.name not in axes:
            raise ProgramRejected(
                f"{control.name} is missing; needed: values of every control", field=at
            )
    values = [_axis(axes[control.name], most, f"{at}/{control.name}") for control in controls]
    _check_count(math.prod(map(len, values)), most, at)
    return np.array(list(product(*values)), dtype=np.float64).reshape(-1, len(controls))


def _axis(axis: Any, most: int, at: str) -> list[float]:
    if isinstance(axis, list) and axis and all(_is_number(value) for value in axis):
        return [float(value) for value in axis]
    if isinstance(axis, Mapping) and set(axis) == {"from", "to", "count"}:
        if not all(_is_number(axis[end]) for end in ("from", "to")):
            raise ProgramRejected("from and to; allowed: numbers", field=at)
        _check_whole(axis["count"], 1, most, f"{at}/count")
        return [float(x) for x in np.linspace(axis["from"], axis["to"], axis["count"])]
    raise ProgramRejected("allowed: a list of numbers, or from, to and count", field=at)


def _latin_hypercube(spec: Any, controls: Sequence[Bounded], most: int, at: str) -> FloatArray:
    if not isinstance(spec, Mapping) or not {"count"} <= set(spec) <= {"count", "seed", "bounds"}:
        raise ProgramRejected("allowed: count, seed and bounds", field=at)
    _check_whole(spec["count"], 1, most, f"{at}/count")
    _check_whole(spec.get("seed", 0), 0, 2**32 - 1, f"{at}/seed")
    bounds = spec.get("bounds", {})
    _check_names(bounds, controls, f"{at}/bounds")
    columns = []
    draw = np.random.default_rng(spec.get("seed", 0))
    for control in controls:
        low, high = _range(bounds.get(control.name), control, f"{at}/bounds/{control.name}")
        strata = draw.permutation(spec["count"]) + draw.random(spec["count"])
        columns.append(low + (high - low) * strata / spec["count"])
    return np.column_stack(columns)


def _range(given: Any, control: Bounded, at: str) -> tuple[float, float]:
    if given is None:
        return control.lower, control.upper
    if isinstance(given, list) and len(given) == 2 and all(map(_is_number, given)):
        low, high = map(float, given)
        if low < high:
            return low, high
    raise ProgramRejected(f"{given!r}; allowed: a lower and an upper number", field=at)


def _check_names(given: Any, controls: Sequence[Bounded], at: str) -> None:
    names = [control.name for control in controls]
    if not isinstance(given, Mapping):
        raise ProgramRejected(f"allowed: an object with {', '.join(names)}", field=at)
    for name in given:
        if name not in names:
            raise ProgramRejected(
                f"unknown control {name!r}; allowed: {', '.join(names)}", field=f"{at}/{name}"
            )


def _check_whole(value: Any, least: int, most: int, at: str) -> None:
    if type(value) is not int or not least <= value <= most:
        raise ProgramRejected(f"{value!r}; allowed: a whole number, {least} to {most}", field=at)


def _check_count(points: int, most: int, at: str) -> None:
    if not 1 <= points <= most:
        raise ProgramRejected(f"{points} points; allowed: 1 to {most}", field=at)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
