"""Panels below one another over one axis, and what a script needs to point at them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from qtwin.drawing.element import Element, element
from qtwin.drawing.plot.panel import NAME, Panel, panel_drawn
from qtwin.drawing.plot.span import Span, written

FOOT = 34.0
"""Height of the axis at the bottom, px."""


def stack(
    panels: Sequence[Panel],
    places: Sequence[float],
    *,
    x: Span,
    x_name: str,
    about: str,
    above: Sequence[Element] = (),
    top: float = 0.0,
    over: Sequence[Element] = (),
) -> Element:
    """The picture; ``above`` is drawn in the first ``top`` px, ``over`` on all panels."""
    drawn: list[Element] = []
    height = top
    for panel in panels:
        drawn += panel_drawn(panel, height, x, places)
        height += panel.room
    return element(
        "svg",
        *above,
        *drawn,
        *over,
        *_axis(x, x_name, height),
        xmlns="http://www.w3.org/2000/svg",
        width="100%",
        height=height + FOOT,
        class_="plot fluid",
        role="img",
        aria_label=about,
    )


def scrub_model(
    panels: Sequence[Panel], places: Sequence[float], *, x: Span, top: float = 0.0
) -> dict[str, Any]:
    """Where each line is, so that a script may put a cursor on it; values are not rounded off."""
    found, height = [], top
    for panel in panels:
        found.append(
            {
                "top": height + NAME,
                "height": panel.height,
                "map": bool(panel.rows),
                "low": panel.y.low,
                "high": panel.y.high,
                "lines": [
                    {
                        "name": line.name,
                        "series": line.series,
                        "unit": line.unit,
                        "values": known(line.values),
                    }
                    for line in panel.lines
                ],
            }
        )
        height += panel.room
    return {"places": list(places), "low": x.low, "high": x.high, "panels": found}


def known(values: Sequence[float]) -> list[float | None]:
    """As JSON has them: None for what is not finite."""
    return [value if math.isfinite(value) else None for value in values]


def _axis(x: Span, name: str, top: float) -> list[Element]:
    base = element("line", x1=0, x2="100%", y1=top, y2=top, class_="base")
    ticks = [
        element(
            "text",
            written(tick),
            x=f"{100 * x.share(tick):.3f}%",
            y=top + 14,
            text_anchor=_anchor(x.share(tick)),
        )
        for tick in x.ticks(5)
    ]
    named = element("text", name, x="50%", y=top + 30, text_anchor="middle", class_="axis-name")
    return [base, *ticks, named]


def _anchor(share: float) -> str:
    return "start" if share < 0.04 else "end" if share > 0.96 else "middle"
