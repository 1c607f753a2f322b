"""One panel of a plot: its name, a grid of round values, and lines, bands or cells in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qtwin.drawing.element import Element, element
from qtwin.drawing.plot.span import Span, written

WIDE = 1000.0
"""Units across the stretched picture of a panel."""
UNIT = Span(low=0.0, high=1.0)
NAME, GAP = 20.0, 14.0
"""Heights of the line of the name, and of what is free below a panel, px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Values at the places of the plot; ``nan`` leaves a gap.

    Attributes:
        series: Number of its colour.
        lower: Of a band about it, or nothing.
    """

    name: str
    values: Sequence[float]
    series: int = 0
    unit: str = ""
    lower: Sequence[float] = ()
    upper: Sequence[float] = ()
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What is drawn over one stretch of the axis.

    Attributes:
        name: With its unit, such as ``Ω / rad/µs``.
        height: px, without its name.
        rows: Of a map instead of lines: one row of shares from 0 to 1 for each site.
    """

    name: str
    height: float
    lines: Sequence[Line] = ()
    y: Span = UNIT
    rows: Sequence[Sequence[float]] = ()

    @property
    def room(self) -> float:
        """Height with name and gap, px."""
        return NAME + self.height + GAP


def panel_drawn(panel: Panel, top: float, x: Span, places: Sequence[float]) -> list[Element]:
    """The panel ``top`` px below the upper edge, over ``places`` of the axis ``x``."""
    area = top + NAME
    across = [WIDE * x.share(place) for place in places]
    inner = _cells(panel, across) if panel.rows else _lines(panel, across)
    marks = _rows(panel, area) if panel.rows else _grid(panel, area)
    return [
        element("text", panel.name, x=0, y=top + 12, class_="panel-name"),
        *marks,
        element(
            "svg",
            *inner,
            x=0,
            y=area,
            width="100%",
            height=panel.height,
            viewBox=f"0 0 {WIDE:g} {panel.height:g}",
            preserveAspectRatio="none",
        ),
        *(_labels(panel, area) if not panel.rows else ()),
    ]


def _at(panel: Panel, value: float) -> float:
    return panel.height * (1 - panel.y.share(value))


def _ticks(panel: Panel) -> list[float]:
    return panel.y.ticks(max(3, int(panel.height // 34)))


def _grid(panel: Panel, area: float) -> list[Element]:
    return [
        element(
            "line",
            x1=0,
            x2="100%",
            y1=area + _at(panel, tick),
            y2=area + _at(panel, tick),
            class_="grid zero" if tick == 0 else "grid",
        )
        for tick in _ticks(panel)
    ]


def _labels(panel: Panel, area: float) -> list[Element]:
    """On the lines of the grid, above what is drawn."""
    return [
        element("text", written(tick), x=2, y=area + _at(panel, tick) - 3, class_="tick-label")
        for tick in _ticks(panel)
        if _at(panel, tick) > 9
    ]


def _lines(panel: Panel, across: Sequence[float]) -> list[Element]:
    bands = [_band(panel, line, across) for line in panel.lines if line.lower]
    drawn = [
        element(
            "path",
            d=_path(panel, line.values, across),
            class_=f"line series-{line.series}{' dashed' if line.dashed else ''}",
            vector_effect="non-scaling-stroke",
        )
        for line in panel.lines
    ]
    return [*bands, *drawn]


def _path(panel: Panel, values: Sequence[float], across: Sequence[float]) -> str:
    parts, pen = [], "M"
    for place, value in zip(across, values, strict=True):
        if not math.isfinite(value):
            pen = "M"
            continue
        parts.append(f"{pen}{place:.1f} {_at(panel, value):.2f}")
        pen = "L"
    return "".join(parts)


def _band(panel: Panel, line: Line, across: Sequence[float]) -> Element:
    edges = [
        (place, low, high)
        for place, low, high in zip(across, line.lower, line.upper, strict=True)
        if math.isfinite(low) and math.isfinite(high)
    ]
    there = [f"{place:.1f} {_at(panel, high):.2f}" for place, _, high in edges]
    back = [f"{place:.1f} {_at(panel, low):.2f}" for place, low, _ in reversed(edges)]
    path = "L".join([*there, *back])
    return element("path", d=f"M{path}Z" if path else "", class_=f"band series-{line.series}")


def _cells(panel: Panel, across: Sequence[float]) -> Iterator[Element]:
    """A rectangle for each site and place, as opaque as its share is high."""
    middles = [(a + b) / 2 for a, b in pairwise(across)]
    edges = [*across[:1], *middles, *across[-1:]]
    deep = panel.height / len(panel.rows)
    for site, row in enumerate(panel.rows):
        for (left, right), share in zip(pairwise(edges), row, strict=True):
            if share >= 0.005:
                yield element(
                    "rect",
                    x=left,
                    y=site * deep + 0.5,
                    width=right - left + 0.5,
                    height=deep - 1,
                    fill_opacity=min(1.0, share),
                    class_="cell",
                )


def _rows(panel: Panel, area: float) -> list[Element]:
    return [element("rect", x=0, y=area, width="100%", height=panel.height, class_="cells-ground")]
