"""A map of phases: what each classifier says at each value of the control."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from qtwin.drawing.element import Element, element
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.plot.panel import NAME, Line, Panel
from qtwin.drawing.plot.span import Span
from qtwin.drawing.plot.stack import scrub_model, stack

HEIGHT = 22.0
KNOWN = "Known phase"


def phases_figure(
    points: Sequence[float],
    labels: Sequence[int | None],
    shares: Mapping[str, Sequence[float]],
    *,
    control: str,
    transition: float,
    margin: float,
) -> Figure:
    """One strip for each classifier, darker where more readings are called above the transition.

    Args:
        points: Values of the control, ascending, shape ``(P,)``.
        labels: 0 below and 1 above; None where a point is not labelled.
        shares: By classifier, from 0 to 1 at each point.
    """
    if not points:
        return Figure(svg=None)
    truth = [math.nan if label is None else float(label) for label in labels]
    strips = {KNOWN: truth, **shares}
    panels = [
        Panel(name=name, height=HEIGHT, rows=(row,), lines=(Line(name=name, values=row),))
        for name, row in strips.items()
    ]
    x = Span.over(points)
    about = (
        f"Share of readings that {len(shares)} classifiers call above the transition at "
        f"{transition:g}, at {len(points)} values of {control} from {points[0]:g} to {points[-1]:g}"
    )
    over = [
        mark
        for at, panel in enumerate(panels)
        for mark in _transition(x, transition, margin, at * panel.room + NAME)
    ]
    sheet = Sheet(
        name="Share called above",
        head=(control, *strips),
        rows=tuple(
            (
                point,
                *(round(row[at], 6) if math.isfinite(row[at]) else None for row in strips.values()),
            )
            for at, point in enumerate(points)
        ),
    )
    return Figure(
        svg=stack(panels, points, x=x, x_name=control, about=about, over=over),
        sheets=(sheet,),
        model={**scrub_model(panels, points, x=x), "axis": control, "unit": ""},
    )


def _transition(x: Span, at: float, margin: float, top: float) -> list[Element]:
    """In one strip, which begins ``top`` px below the upper edge."""
    low, high = (min(1.0, max(0.0, x.share(end))) for end in (at - margin, at + margin))
    band = element(
        "rect",
        x=f"{100 * low:.3f}%",
        y=top,
        width=f"{100 * (high - low):.3f}%",
        height=HEIGHT,
        class_="margin-band",
    )
    place = f"{100 * x.share(at):.3f}%"
    line = element("line", x1=place, x2=place, y1=top, y2=top + HEIGHT, class_="nominal-line")
    return [band, line]
