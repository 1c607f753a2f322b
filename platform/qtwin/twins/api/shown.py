"""What a chart shows of a twin, as the query asks: observable, version, range, held controls."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rest_framework.request import Request

from qtwin.projects.models import Control, Observable, Project
from qtwin.rest.problem import PointedError
from qtwin.twins.api.ask import wanted_observable
from qtwin.twins.selectors import observables_measured

NARROWEST = 1e-6
"""Share of a control's range that a chart may be narrowed to."""


def shown_observable(request: Request, project: Project) -> Observable:
    """The one that is asked for, or the first that has evidence."""
    name = request.query_params.get("observable")
    if name is None:
        return observables_measured(project)[0]
    return wanted_observable(project, name, "?observable")


def asked_number(request: Request) -> int | None:
    """The version in the query, None where there is none."""
    text = request.query_params.get("version")
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 9 or int(text) < 1:
        raise PointedError("?version", f"version = {text[:20]}; allowed: a number from 1")
    return int(text)


def asked_range(request: Request, control: Control) -> tuple[float, float]:
    """``from`` and ``to`` in the query, within the control's range; all of it by default.

    Raises:
        PointedError: One is no number or outside, or they are not in order.
    """
    low = _asked_value(request, "from", control, control.lower)
    high = _asked_value(request, "to", control, control.upper)
    narrowest = NARROWEST * (control.upper - control.lower)
    if high - low < narrowest:
        raise PointedError(
            "?to",
            f"from {low!r} to {high!r} {control.unit}; allowed: at least {narrowest:g} more than "
            "'from'",
        )
    return low, high


def _asked_value(request: Request, name: str, control: Control, default: float) -> float:
    text = request.query_params.get(name)
    return default if text is None else _value(f"?{name}", text, control)


def asked_control(request: Request, controls: Sequence[Control], name: str) -> Control | None:
    """The control that a parameter names; None where it is not given."""
    text = request.query_params.get(name)
    if text is None:
        return None
    for control in controls:
        if control.name == text:
            return control
    allowed = ", ".join(control.name for control in controls)
    raise PointedError(
        f"?{name}", f"unknown control {text[:40]!r}; allowed: {allowed}", code="unknown"
    )


def asked_fixed(request: Request, others: list[Control]) -> dict[str, float]:
    """``fixed`` in the query: ``name:value`` of controls that do not run, between commas.

    Raises:
        PointedError: A name is no such control, or its value none of its range.
    """
    named = {control.name: control for control in others}
    found = {}
    for part in request.query_params.get("fixed", "").split(","):
        name, _, text = part.partition(":")
        if not part:
            continue
        if name not in named:
            allowed = ", ".join(named) or "none, as no other is held"
            raise PointedError("?fixed", f"unknown control {name[:40]!r}; allowed: {allowed}")
        found[name] = _value("?fixed", text, named[name])
    return found


def _value(pointer: str, text: str, control: Control) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not control.lower <= value <= control.upper:
        raise PointedError(
            pointer,
            f"{control.name} = {text[:40]!r} {control.unit}; "
            f"allowed: {control.lower!r} to {control.upper!r}",
        )
    return value
