"""The map over two controls as a small table, and which controls are times."""

from __future__ import annotations

from dataclasses import dataclass

from qtwin.projects.models import Control, Observable, Project
from qtwin.twins.surface import SMALLEST, Plane, twin_surface
from qtwin.web.headline import held_said, symbol
from qtwin.web.numbers import significant, uncertain

UNITS_OF_TIME = {"s", "ms", "us", "ns", "1/hartree", "1/eV"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarse:
    """Ready to print: ``rows`` are a value of the second control with a cell per column."""

    across: Control
    along: Control
    held: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]


def coarse_surface(project: Project, observable: Observable, version: int) -> Coarse:
    """Means with errors at a few places.

    Raises:
        PredictorFailed: If the twin cannot be asked.
    """
    across, along, *_ = project.controls.all()
    plane = Plane(x=across, y=along, fixed={})
    said = twin_surface(project, observable, plane, SMALLEST, version=version)
    grid = [
        [uncertain(mean, std) for mean, std in zip(means, stds, strict=True)]
        for means, stds in zip(said["mean"], said["std"], strict=True)
    ]
    return Coarse(
        across=across,
        along=along,
        held=held_said(
            said["fixed"],
            [(each.name, each.label, each.unit) for each in project.controls.all()],
        ),
        columns=[_value(value, across) for value in said["x"]],
        rows=list(zip((_value(value, along) for value in said["y"]), grid, strict=True)),
    )


def times(project: Project) -> list[str]:
    """Names of controls that are a time: by their unit, or as the time of the system's state."""
    state = project.system.get("state")
    evolved = state.get("time") if isinstance(state, dict) else None
    return [
        control.name
        for control in project.controls.all()
        if control.name == evolved or control.unit in UNITS_OF_TIME
    ]


def _value(value: float, control: Control) -> str:
    return f"{significant(value, 3)} {symbol(control.unit)}".strip()
