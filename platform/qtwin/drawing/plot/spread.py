"""A small histogram of draws, with the nominal value beside them."""

from __future__ import annotations

from collections.abc import Sequence

from qtwin.drawing.element import Element, element
from qtwin.drawing.plot.panel import WIDE
from qtwin.drawing.plot.span import Span, written

HEIGHT, FOOT = 44.0, 16.0
BINS = 24


def spread_drawn(name: str, draws: Sequence[float], nominal: float) -> Element:
    """Bars over the range of the draws and the nominal value, which is a dashed line."""
    x = Span.over([*draws, nominal], room=0.04)
    counts = binned(draws, x)
    most = max(counts) or 1
    wide = WIDE / BINS
    bars = [
        element(
            "rect",
            x=at * wide + 2,
            y=HEIGHT * (1 - count / most),
            width=wide - 4,
            height=HEIGHT * count / most,
            class_="bin",
        )
        for at, count in enumerate(counts)
        if count
    ]
    place = f"{100 * x.share(nominal):.3f}%"
    low, high = written(float(f"{x.low:.3g}")), written(float(f"{x.high:.3g}"))
    return element(
        "svg",
        element(
            "svg",
            *bars,
            x=0,
            y=0,
            width="100%",
            height=HEIGHT,
            viewBox=f"0 0 {WIDE:g} {HEIGHT:g}",
            preserveAspectRatio="none",
        ),
        element("line", x1=0, x2="100%", y1=HEIGHT, y2=HEIGHT, class_="base"),
        element("line", x1=place, x2=place, y1=0, y2=HEIGHT, class_="nominal-line"),
        element("text", low, x=0, y=HEIGHT + 13),
        element("text", high, x="100%", y=HEIGHT + 13, text_anchor="end"),
        width="100%",
        height=HEIGHT + FOOT,
        class_="plot fluid spread",
        role="img",
        aria_label=f"Histogram of {len(draws):,} draws of {name}, from {low} to {high}",
    )


def binned(draws: Sequence[float], x: Span) -> list[int]:
    """How many draws are in each of `BINS` equal parts of the range."""
    counts = [0] * BINS
    for draw in draws:
        counts[min(BINS - 1, max(0, int(BINS * x.share(draw))))] += 1
    return counts
