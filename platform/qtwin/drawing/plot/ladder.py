"""A ladder: a value with its interval at each stage, others below it; first that of a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtwin.drawing.element import Element, element
from qtwin.drawing.plot.span import Span, written
from qtwin.drawing.plot.stack import FOOT

TITLE, LANE, BETWEEN = 20.0, 18.0, 14.0
ROOM = 0.5
"""Share of the width that a value with its interval takes on a narrow screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A value with its interval; ``said`` is how it is written."""

    name: str
    value: float
    lower: float
    upper: float
    said: str
    series: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where policies were tried: what came of each, the one that the report is about first."""

    title: str
    rungs: Sequence[Rung]


def ladder_drawn(
    stages: Sequence[Stage],
    *,
    name: str,
    where: str = "at each stage",
    share: bool = True,
    dashed: Sequence[float] = (),
) -> Element:
    """One lane for each rung, stages one below the other, on one axis of values.

    Args:
        share: Whether the axis is from 0 to 1 where all values are; else it begins or ends at 0.
        dashed: Values at which a line crosses all lanes.
    """
    rungs = [rung for stage in stages for rung in stage.rungs]
    ends = [end for rung in rungs for end in (rung.value, rung.lower, rung.upper)]
    within = share and all(-1e-9 <= end <= 1 + 1e-9 for end in ends)
    over = ends if share else [*ends, 0.0]
    x = Span(low=0.0, high=1.0) if within else Span.over(over, room=0.06)
    height = sum(TITLE + LANE * len(stage.rungs) + BETWEEN for stage in stages)
    drawn = [*_grid(x, height, name)]
    for value in dashed:
        at = _percent(x, value)
        drawn.append(element("line", x1=at, x2=at, y1=0, y2=height, class_="nominal-line"))
    top = 0.0
    for stage in stages:
        drawn.append(element("text", stage.title, x=0, y=top + 13, class_="panel-name"))
        top += TITLE
        for rung in stage.rungs:
            drawn.append(_rung(rung, stage, top + LANE / 2, x))
            top += LANE
        top += BETWEEN
    said = "; ".join(f"{stage.title}: {stage.rungs[0].said}" for stage in stages if stage.rungs)
    return element(
        "svg",
        *drawn,
        xmlns="http://www.w3.org/2000/svg",
        width="100%",
        height=height + FOOT,
        class_="plot fluid ladder",
        role="img",
        aria_label=f"{name} {where}. {said}",
    )


def _grid(x: Span, height: float, name: str) -> list[Element]:
    made = []
    for tick in x.ticks(5):
        share = x.share(tick)
        place = _percent(x, tick)
        anchor = "start" if share < 0.04 else "end" if share > 0.96 else "middle"
        made.append(element("line", x1=place, x2=place, y1=0, y2=height, class_="grid"))
        made.append(element("text", written(tick), x=place, y=height + 14, text_anchor=anchor))
    base = element("line", x1=0, x2="100%", y1=height, y2=height, class_="base")
    named = element("text", name, x="50%", y=height + 30, text_anchor="middle", class_="axis-name")
    return [*made, base, named]


def _rung(rung: Rung, stage: Stage, y: float, x: Span) -> Element:
    low, high = _percent(x, rung.lower), _percent(x, rung.upper)
    at = _percent(x, rung.value)
    ends = [
        element("line", x1=end, x2=end, y1=y - 4, y2=y + 4, class_="error") for end in (low, high)
    ]
    return element(
        "g",
        element("title", f"{stage.title}, {rung.name}: {rung.said}"),
        element("line", x1=low, x2=high, y1=y, y2=y, class_="error"),
        *ends,
        element("circle", cx=at, cy=y, r=5, class_="mark"),
        _said(rung, y, x, named=rung is not stage.rungs[0]),
        class_=f"rung series-{rung.series}{' first' if rung is stage.rungs[0] else ''}",
    )


def _said(rung: Rung, y: float, x: Span, *, named: bool) -> Element:
    """The value beside its interval, where there is more room; where that is little, alone."""
    left = x.share(rung.value) > 0.5
    room = x.share(rung.lower) if left else 1 - x.share(rung.upper)
    value, gap, between = rung.said.partition(" (")
    name = element("tspan", f"{rung.name} ", class_="wide-only") if named else ""
    rest = element("tspan", gap + between, class_="wide-only") if room < ROOM else gap + between
    return element(
        "text",
        name,
        value,
        rest,
        x=_percent(x, rung.lower if left else rung.upper),
        y=y + 4,
        dx=-9 if left else 9,
        text_anchor="end" if left else "start",
        class_="said",
    )


def _percent(x: Span, value: float) -> str:
    return f"{100 * x.share(value):.3f}%"
