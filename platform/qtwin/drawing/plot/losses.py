"""The loss of a variational classifier while it is trained, fold by fold, and where it stopped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from qtwin.drawing.element import Element, element
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.plot.panel import NAME, Line, Panel
from qtwin.drawing.plot.span import Span
from qtwin.drawing.plot.stack import scrub_model, stack

HEIGHT = 220.0
COLOURS = 7
BAND = 1.96
"""Standard errors on each side of a loss: 95 %."""
Look = tuple[float, float, float]
"""Step, mean loss of the window that ends there, and one sigma of it."""


def losses_figure(folds: Mapping[str, Sequence[Look]]) -> Figure:
    """A line with a band of 95 % for each fold, with a mark where its training stopped.

    Args:
        folds: Looks by the name of the fold; those without are left out.
    """
    known = {name: looks for name, looks in folds.items() if looks}
    places = sorted({step for looks in known.values() for step, _, _ in looks})
    if not places:
        return Figure(svg=None)
    ends = [
        loss + sign * BAND * error
        for looks in known.values()
        for _, loss, error in looks
        for sign in (-1, 1)
    ]
    y, x = Span.over(ends, room=0.08), Span(low=0.0, high=places[-1])
    panel = Panel(
        name="Loss",
        height=HEIGHT,
        y=y,
        lines=[_line(name, at, looks, places) for at, (name, looks) in enumerate(known.items())],
    )
    about = "Loss of the variational classifier in training. " + "; ".join(
        f"{name} stopped after {looks[-1][0]:g} steps at {looks[-1][1]:.3g}"
        for name, looks in known.items()
    )
    stops = [_stop(at, looks[-1], x, y) for at, looks in enumerate(known.values())]
    sheet = Sheet(
        name="Loss in training",
        head=("Fold", "Steps", "Loss", "One sigma"),
        rows=tuple(
            (name, round(step), round(loss, 6), round(error, 6))
            for name, looks in known.items()
            for step, loss, error in looks
        ),
    )
    return Figure(
        svg=stack((panel,), places, x=x, x_name="Steps", about=about, over=stops),
        sheets=(sheet,),
        model={**scrub_model((panel,), places, x=x), "axis": "Steps", "unit": ""},
    )


def _line(name: str, at: int, looks: Sequence[Look], places: Sequence[float]) -> Line:
    by_step = {step: (loss, error) for step, loss, error in looks}
    rows = [by_step.get(place, (math.nan, math.nan)) for place in places]
    return Line(
        name=name,
        values=[loss for loss, _ in rows],
        lower=[loss - BAND * error for loss, error in rows],
        upper=[loss + BAND * error for loss, error in rows],
        series=at % COLOURS,
    )


def _stop(at: int, look: Look, x: Span, y: Span) -> Element:
    return element(
        "circle",
        cx=f"{100 * x.share(look[0]):.3f}%",
        cy=NAME + HEIGHT * (1 - y.share(look[1])),
        r=4,
        class_=f"scrub-dot series-{at % COLOURS}",
    )
