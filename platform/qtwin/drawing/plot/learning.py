"""The learning curve of a training: the mean of each generation with its band, and the best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from qtwin.drawing.figure import Cell, Figure, Sheet
from qtwin.drawing.plot.panel import Line, Panel
from qtwin.drawing.plot.span import Span
from qtwin.drawing.plot.stack import scrub_model, stack

MOST = 240
"""Rows that are drawn; of more, every so many."""
HEIGHT = 240.0
COLUMNS = ("evaluations", "seconds", "best", "mean", "lower", "upper")


def learning_figure(rows: Sequence[Mapping[str, Any]]) -> Figure:
    """The curve so far; no picture of no rows.

    Args:
        rows: With ``evaluations``, ``seconds``, ``best``, ``mean``, ``lower``, ``upper``.
    """
    kept = thinned(rows)
    if not kept:
        return Figure(svg=None)
    columns = {name: [_number(row.get(name)) for row in kept] for name in COLUMNS}
    values = [value for name in COLUMNS[2:] for value in columns[name]]
    panel = Panel(
        name="Return of an episode",
        height=HEIGHT,
        y=Span.over(values, room=0.08),
        lines=(
            Line(
                name="Mean",
                values=columns["mean"],
                lower=columns["lower"],
                upper=columns["upper"],
            ),
            Line(name="Best so far", values=columns["best"], series=1, dashed=True),
        ),
    )
    places = columns["evaluations"]
    x = Span(low=0.0, high=max(places[-1], 1.0))
    last = rows[-1]
    about = (
        f"Learning curve over {last['evaluations']:,} episodes: the mean is "
        f"{_number(last.get('mean')):.4g}, the best {_number(last.get('best')):.4g}"
    )
    svg = stack((panel,), places, x=x, x_name="Episodes", about=about)
    sheet = Sheet(
        name="Learning curve",
        head=("Episodes", "Seconds", "Best so far", "Mean", "Lower", "Upper"),
        rows=tuple(tuple(_cell(row.get(name)) for name in COLUMNS) for row in kept),
    )
    return Figure(
        svg=svg,
        sheets=(sheet,),
        model={**scrub_model((panel,), places, x=x), "axis": "Episodes", "unit": ""},
    )


def thinned(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """At most `MOST` of them, the last one always."""
    step = -(-len(rows) // MOST) or 1
    return [row for at, row in enumerate(rows) if (len(rows) - 1 - at) % step == 0]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def _cell(value: Any) -> Cell:
    return round(value, 6) if isinstance(value, float) and math.isfinite(value) else value
