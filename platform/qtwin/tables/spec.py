"""What is measured, and by which sources: the document SPEC.json.

``spec.schema.json`` beside this module is its JSON schema.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.tables.node import Node, read_json
from qtwin.tables.source import Source, read_sources

COLUMNS = (
    *("source", "value", "std", "unit", "epoch", "branch", "mixed_value"),
    *("group", "row", "shots"),
)
"""Columns of DATA.csv that have a meaning of their own."""

_PREDICTED = ("mean", "std", "lo95", "hi95")
_MOST_CONTROLS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control with its range, in its unit."""

    name: str
    lower: float
    upper: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observable:
    """What is predicted; bounds are infinite where there are none."""

    name: str
    unit: str
    lower: float
    upper: float
    variational: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A whole SPEC.json; sources by name, sorted."""

    controls: tuple[Control, ...]
    observable: Observable
    sources: tuple[Source, ...]

    @property
    def knobs(self) -> tuple[str, ...]:
        """Names of all knobs, sorted; each is a column of DATA.csv."""
        return tuple(sorted({knob.name for source in self.sources for knob in source.knobs}))


def read_spec(file: str) -> Spec:
    """Read SPEC.json.

    Raises:
        FileRefused: It is malformed.
    """
    return spec_of(read_json(file))


def spec_of(document: Node) -> Spec:
    """Read a document that is at hand.

    Raises:
        FileRefused: It is malformed.
    """
    document.object(
        needed=("controls", "observable", "sources"), optional=("schema_version", "$schema")
    )
    version = document.members.get("schema_version")
    if version is not None and version.value != 1.0:
        version.wrong("1")
    controls = _controls(document.members["controls"])
    spec = Spec(
        controls=controls,
        observable=_observable(document.members["observable"]),
        sources=read_sources(document.members["sources"]),
    )
    _check_knob_names(document.members["sources"], {control.name for control in controls})
    return spec


def _controls(node: Node) -> tuple[Control, ...]:
    if not isinstance(node.value, list) or not 1 <= len(node.items) <= _MOST_CONTROLS:
        node.wrong(f"an array of 1 to {_MOST_CONTROLS} controls")
    found: dict[str, Control] = {}
    for item in node.items:
        control = _control(item)
        if control.name in found:
            item.members["name"].refuse(f"control {control.name!r} is given twice")
        found[control.name] = control
    return tuple(found.values())


def _control(node: Node) -> Control:
    node.object(needed=("name", "bounds"), optional=("unit",))
    name = _column_name(node.members["name"])
    low, high = node.members["bounds"].range()
    lower, upper = low.number(), high.number()
    if lower >= upper:
        node.members["bounds"].wrong("[lower, upper] with lower below upper")
    return Control(name=name, lower=lower, upper=upper, unit=_unit(node))


def _column_name(node: Node) -> str:
    """A name that is a column of DATA.csv and of PREDICTIONS.csv."""
    name = node.name()
    taken = (*COLUMNS, *_PREDICTED)
    if name in taken or name.startswith(("var_", "share_")):
        node.wrong(f"a name other than {', '.join(dict.fromkeys(taken))}, var_… and share_…")
    return name


def _unit(node: Node) -> str:
    unit = node.members.get("unit")
    if unit is None or unit.value == "":
        return "dimensionless"
    return unit.name()


def _observable(node: Node) -> Observable:
    node.object(needed=("name",), optional=("unit", "bounds", "variational"))
    lower, upper = -np.inf, np.inf
    bounds = node.members.get("bounds")
    if bounds is not None and bounds.value is not None:
        low, high = bounds.range()
        lower = -np.inf if low.value is None else low.number("a finite number, or null")
        upper = np.inf if high.value is None else high.number("a finite number, or null")
        if lower >= upper:
            bounds.wrong("[lower, upper] with lower below upper; null where there is none")
    variational = node.members.get("variational")
    return Observable(
        name=node.members["name"].name(),
        unit=_unit(node),
        lower=lower,
        upper=upper,
        variational=variational is not None and variational.boolean(),
    )


def _check_knob_names(sources: Node, controls: set[str]) -> None:
    """A knob is a column too."""
    for source in sources.members.values():
        knobs = source.members.get("knobs")
        for name, knob in knobs.members.items() if knobs is not None else ():
            if name in COLUMNS or name in controls:
                taken = ", ".join((*COLUMNS, *sorted(controls)))
                knob.refuse(f"knob {name!r}; allowed: a name other than {taken}")
