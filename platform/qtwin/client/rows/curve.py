"""The curve of a twin along its first control, with the points that it was fitted to.

Shapes: ``G`` points of the grid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qtwin.client.rows.row import Floats, Row
from qtwin.client.rows.twin import Version


@dataclass(frozen=True, kw_only=True, eq=False)
class CurvePoint(Row):
    """One measurement."""

    id: str
    source: str
    x: float
    value: float
    std: float
    job: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class CurveSource(Row):
    name: str
    label: str = ""
    role: str = ""
    measurements: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Named(Row):
    name: str
    label: str = ""
    unit: str = ""

    @property
    def title(self) -> str:
        return self.label or self.name


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve(Row):
    """Mean and interval on a grid, each shape (G,); empty where there is no twin yet.

    Attributes:
        fixed: Values at which the other controls are held.
    """

    observable: Named
    control: Named
    fixed: Mapping[str, float] = field(default_factory=dict)
    version: Version | None
    x: Floats
    mean: Floats
    std: Floats
    lower: Floats
    upper: Floats
    budget: Mapping[str, Any] = field(default_factory=dict, repr=False)
    sources: tuple[CurveSource, ...] = ()
    points: tuple[CurvePoint, ...] = ()

    def svg(self) -> str:
        """A figure of its own: mean, 1σ and 2σ bands, and the points with their errors."""
        from qtwin.client.shown.figure import figure

        return figure(self)

    def _repr_svg_(self) -> str:
        return self.svg()

    def _repr_html_(self) -> str:
        from qtwin.client.shown.card import curve_card

        return curve_card(self)
