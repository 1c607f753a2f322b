"""How often each outcome was read: the most frequent ones as bars, the rest as one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet

ORDERS = ("count", "bits")
ROW, BAR, SPAN = 22.0, 14.0, 280.0
LETTER, LONGEST = 7.3, 28
"""Width of a digit of a bit string, px, and digits up to which one is written out."""
NUMBERS = 112.0
"""Room for the count and the share of the longest bar, px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One outcome, or all others together.

    Attributes:
        std: Shot noise of the count, one sigma, ``sqrt(n (1 - n / N))``.
        others: How many outcomes it stands for, 0 for one outcome.
    """

    bits: str
    count: int
    std: float
    others: int = 0


def bars(counts: Mapping[str, int], *, top: int, order: str = "count") -> list[Bar]:
    """The ``top`` most frequent outcomes, and the sum of the others last.

    Args:
        order: ``count``, the most frequent first, or ``bits``, in the order of numbers.
    """
    shots = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    kept, rest = ranked[:top], ranked[top:]
    if order == "bits":
        kept.sort()
    made = [Bar(bits=bits, count=n, std=noise(n, shots)) for bits, n in kept]
    if rest:
        count = sum(n for _, n in rest)
        made.append(Bar(bits="", count=count, std=noise(count, shots), others=len(rest)))
    return made


def noise(count: int, shots: int) -> float:
    """Standard deviation of a count of a multinomial draw."""
    return math.sqrt(count * (1 - count / shots)) if shots else 0.0


def histogram(
    counts: Mapping[str, int], *, top: int, order: str = "count", title: str = "Counts"
) -> Figure:
    """The bars with their shot noise, and every outcome as a table."""
    made, shots = bars(counts, top=top, order=order), sum(counts.values())
    labels = [_label(bar) for bar in made]
    left = 14 + LETTER * max(map(len, labels), default=0)
    most = max((bar.count + bar.std for bar in made), default=1.0) or 1.0
    scale = SPAN / most
    height = ROW * len(made) + 8
    base = element("line", x1=left, y1=2, x2=left, y2=height - 2, class_="axis-line")
    shapes = [
        _bar(bar, label, (left, 4 + ROW * at), scale, shots)
        for at, (bar, label) in enumerate(zip(made, labels, strict=True))
    ]
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return Figure(
        svg=picture(
            left + SPAN + NUMBERS,
            height,
            base,
            element("g", *shapes),
            title=title,
            about=_about(made, shots, len(counts)),
            class_="drawing-histogram",
        ),
        sheets=(
            Sheet(
                name="Counts",
                head=("Outcome", "Count", "Std error", "Share"),
                rows=tuple(
                    (bits, n, round(noise(n, shots), 4), round(n / shots, 8)) for bits, n in ranked
                ),
            ),
        ),
    )


def _bar(bar: Bar, label: str, corner: tuple[float, float], scale: float, shots: int) -> Element:
    left, top = corner
    y, end = top + ROW / 2, left + bar.count * scale
    share = 100 * bar.count / shots
    said = f"{_name(bar)}: {bar.count} ± {bar.std:.1f} of {shots} shots"
    low, high = max(left, end - bar.std * scale), end + bar.std * scale
    error = f"M{low:.2f} {y:.2f}H{high:.2f}M{low:.2f} {y - 3:.2f}v6M{high:.2f} {y - 3:.2f}v6"
    return element(
        "g",
        element("title", said),
        element("text", label, x=left - 8, y=y + 4, text_anchor="end", class_="bits"),
        element("rect", x=left, y=y - BAR / 2, width=bar.count * scale, height=BAR, class_="bar"),
        element("path", d=error, class_="error"),
        element("text", f"{bar.count:,} · {share:.3g} %", x=high + 8, y=y + 4),
        class_="outcome rest" if bar.others else "outcome",
    )  # fmt: skip


def _label(bar: Bar) -> str:
    if bar.others:
        return _name(bar)
    half = (LONGEST - 1) // 2
    return bar.bits if len(bar.bits) <= LONGEST else f"{bar.bits[:half]}…{bar.bits[-half:]}"


def _name(bar: Bar) -> str:
    return f"{bar.others:,} other{'s' if bar.others > 1 else ''}" if bar.others else bar.bits


def _about(made: list[Bar], shots: int, outcomes: int) -> str:
    first = max((bar for bar in made if not bar.others), key=lambda bar: bar.count, default=None)
    said = f"{shots:,} shots, {outcomes:,} different outcome{'' if outcomes == 1 else 's'}"
    return f"{said}; the most frequent is {first.bits} with {first.count:,}" if first else said
