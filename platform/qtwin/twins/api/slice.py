"""Which part of the box a functional is asked of, and whether it can be answered there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from qtwin.fusion.questions.question import Functional, Kind
from qtwin.projects.models import Control
from qtwin.rest.problem import PointedError

MAX_COUNT_OF_BOX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Controls by index: all of them, the free ones, held values, and ranges."""

    controls: list[Control]
    free: list[Control]
    at: list[tuple[int, float]]
    within: list[tuple[int, float, float]]


def read_slice(controls: list[Control], asked: dict[str, Any]) -> Slice:
    """The part of the box that validated input names.

    Raises:
        PointedError: A control is unknown or outside its range, or the kind cannot be asked there.
    """
    index = {control.name: i for i, control in enumerate(controls)}
    for name, value in asked["at"].items():
        _check_value(_known(controls, "/at", name), f"/at/{name}", value)
    for name, (low, high) in asked["within"].items():
        control = _known(controls, "/within", name)
        for end, value in enumerate((low, high)):
            _check_value(control, f"/within/{name}/{end}", value)
        if name in asked["at"]:
            raise PointedError(f"/within/{name}", f"{name!r} is held by 'at'; give one of both")
        if low >= high:
            raise PointedError(f"/within/{name}", f"{low!r} to {high!r}; allowed: lower < upper")
    free = [control for control in controls if control.name not in asked["at"]]
    _check_free(asked, [control.name for control in free])
    _check_level(asked)
    return Slice(
        controls=controls,
        free=free,
        at=[(index[name], value) for name, value in asked["at"].items()],
        within=[(index[name], low, high) for name, (low, high) in asked["within"].items()],
    )


def _known(controls: list[Control], pointer: str, name: str) -> Control:
    for control in controls:
        if control.name == name:
            return control
    allowed = ", ".join(control.name for control in controls)
    raise PointedError(
        f"{pointer}/{name}", f"unknown control {name!r}; allowed: {allowed}", code="unknown"
    )


def _check_value(control: Control, pointer: str, value: float) -> None:
    if not control.lower <= value <= control.upper:
        raise PointedError(
            pointer,
            f"{control.name} = {value!r} {control.unit}; "
            f"allowed: {control.lower!r} to {control.upper!r}",
        )


def _check_free(asked: dict[str, Any], free: list[str]) -> None:
    kind = Kind(asked["kind"])
    if not free:
        raise PointedError("/at", "every control is held; at least one must be free")
    if Functional(kind=kind, order=asked["order"]).needs_a_line and len(free) > 1:
        what = f"the {kind} of a derivative" if asked["order"] else f"{kind}"
        raise PointedError(
            "/at", f"{what} takes one free control; {', '.join(free)} are: hold the others"
        )
    if len(free) > 1 and (asked["count"] or 0) > MAX_COUNT_OF_BOX:
        raise PointedError(
            "/count",
            f"{asked['count']} draws over {len(free)} free controls; "
            f"allowed: at most {MAX_COUNT_OF_BOX}",
            code="max_value",
        )


def _check_level(asked: dict[str, Any]) -> None:
    level, other = asked["level"], asked["other_observable"]
    if level is not None and not math.isfinite(level):
        raise PointedError("/level", f"{level!r}; allowed: a finite number")
    if asked["kind"] != Kind.CROSSING:
        for name in ("level", "other_observable"):
            if asked[name] is not None:
                raise PointedError(f"/{name}", "only a crossing has one")
    elif (level is None) == (other is None):
        raise PointedError("/level", "a crossing takes either 'level' or 'other_observable'")
