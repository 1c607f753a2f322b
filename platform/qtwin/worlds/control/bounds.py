"""How far the controls of a schedule may go: bounds of a world, and of a device."""

from __future__ import annotations

import numpy as np

from backends.analog.limits import Limits
from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.worlds.control.driven import Driven
from qtwin.worlds.control.range import ControlRange
from qtwin.worlds.control.schedule import Schedule

ROUNDING = 1e-9
"""Of bounds and slopes."""


def ranges(
    document: Document, driven: Driven, limits: Limits | None, shortest: float
) -> tuple[ControlRange, ...]:
    """Read ``controls``, in the order of the driven system's.

    Args:
        shortest: Duration in which each must come from its start to its end.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    entries = document.document("controls")
    entries.only(*driven.units)
    given = document.entry("controls", {})
    controls = []
    for name in (name for name in driven.units if name in given):
        slew = getattr(limits, f"{name}_slew") if limits else np.inf
        one = entries.document(name)
        controls.append(ControlRange.parse(one, name, driven.units[name], slew))
        _check_range(one, controls[-1], driven, limits)
        _check_reach(one, controls[-1], shortest)
    return tuple(controls)


def _check_range(
    document: Document, control: ControlRange, driven: Driven, limits: Limits | None
) -> None:
    name, unit = control.name, control.unit
    if name in driven.positive and control.lower < 0:
        raise ProgramRejected(
            f"lower = {control.lower:g}; allowed: 0 or more {unit}", field=document.at("lower")
        )
    if limits is None:
        return
    most = float(getattr(limits, name))
    for side in ("lower", "upper"):
        value = float(getattr(control, side))
        if abs(value) > most:
            raise ProgramRejected(
                f"{side} = {value:g} {unit}; allowed on {limits.name}: at most {most:g} {unit} in "
                f"magnitude{limits.otherwise}",
                field=document.at(side),
            )
    if name in driven.dark and (control.start, control.stop) != (0.0, 0.0):
        raise ProgramRejected(
            f"ends = {[control.start, control.stop]}; allowed on {limits.name}: [0, 0]"
            f"{limits.otherwise}",
            field=document.at("ends"),
        )


def _check_reach(document: Document, control: ControlRange, shortest: float) -> None:
    way = abs((control.stop or 0.0) - (control.start or 0.0))
    fixed = control.start is not None and control.stop is not None
    if fixed and way > control.slew * shortest:
        raise ProgramRejected(
            f"ends = {[control.start, control.stop]} {control.unit} in {shortest:g} us; allowed: "
            f"{control.slew * shortest:g} {control.unit} apart",
            field=document.at("ends"),
        )


def check_bounds(schedule: Schedule, control: ControlRange) -> None:
    """Refuse values beyond the bounds, or that miss an end.

    Raises:
        ProgramRejected: Names the knot, its value and the allowed values.
    """
    name, values = control.name, schedule.values[control.name]
    slack = ROUNDING * max(abs(control.lower), abs(control.upper))
    inside = (values >= control.lower - slack) & (values <= control.upper + slack)
    for place in np.flatnonzero(~inside):
        raise ProgramRejected(
            f"{name} = {values[place]:g}; allowed: {control.lower:g} to {control.upper:g} "
            f"{control.unit}",
            field=f"/values/{name}/{place}",
        )
    last = len(values) - 1
    for knot, end, words in ((0, control.start, "start"), (last, control.stop, "end")):
        if end is not None and abs(values[knot] - end) > slack:
            raise ProgramRejected(
                f"{name} = {values[knot]:g} at the {words}; allowed: {end:g} {control.unit}",
                field=f"/values/{name}/{knot}",
            )


def check_slopes(schedule: Schedule, control: ControlRange) -> None:
    """Refuse values that change too fast.

    Raises:
        ProgramRejected: Names the knot, the slope and the largest allowed.
    """
    slopes = np.abs(np.diff(schedule.values[control.name]) / np.diff(schedule.times))
    for place in np.flatnonzero(slopes > control.slew * (1 + ROUNDING)):
        raise ProgramRejected(
            f"{control.name} changes by {slopes[place]:g} {control.unit} per unit of time; "
            f"allowed: at most {control.slew:g}",
            field=f"/values/{control.name}/{place + 1}",
        )
