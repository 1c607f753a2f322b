"""``NAME=VALUE`` arguments: knobs, settings, and the columns that make points."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Protocol

from qtwin.client.wrong import WrongInput

_COLUMN = re.compile(r",(?=[^,=]+=)")
"""The commas in ``r=0.9,1.1,angle=104,105`` that begin a control."""


class Ranged(Protocol):
    """A control: a name, a range and a unit."""

    @property
    def name(self) -> str: ...
    @property
    def lower(self) -> float: ...
    @property
    def upper(self) -> float: ...
    @property
    def unit(self) -> str: ...


def columns(texts: Sequence[str], controls: Sequence[Ranged], flag: str) -> list[list[float]]:
    """Points, shape ``(P, C)``; one without columns where there are no controls.

    Raises:
        WrongInput: A control is missing, unknown or given twice, or lengths differ.
    """
    pairs = [pair(part, flag) for text in texts for part in _COLUMN.split(text)]
    given = once(pairs, flag)
    names = [control.name for control in controls]
    if set(given) != set(names):
        ranges = [f"{c.name}={c.lower:g} to {c.upper:g} {c.unit}" for c in controls]
        raise WrongInput(
            f"{', '.join(given) or 'nothing'}; allowed: exactly {', '.join(ranges) or 'nothing'}",
            field=flag,
        )
    values = [[number(v, flag) for v in given[name].split(",")] for name in names]
    if len({len(column) for column in values}) > 1:
        lengths = ", ".join(f"{n} has {len(c)}" for n, c in zip(names, values, strict=True))
        raise WrongInput(f"{lengths} values; allowed: as many for each control", field=flag)
    return [list(point) for point in zip(*values, strict=True)] if values else [[]]


def once(pairs: Sequence[tuple[str, str]], flag: str) -> dict[str, str]:
    """No name twice, of which the last would silently win."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise WrongInput(f"{name} is given twice; allowed: once", field=flag)
        given[name] = value
    return given


def numbers(texts: Sequence[str], flag: str) -> dict[str, float]:
    """Numbers by name."""
    pairs = once([pair(text, flag) for text in texts], flag)
    return {name: number(value, flag) for name, value in pairs.items()}


def pair(text: str, flag: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise WrongInput(f"{text!r}; allowed: NAME=VALUE", field=flag)
    return name, value


def number(text: str, flag: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise WrongInput(f"{text!r}; allowed: a finite number", field=flag)
    return value
