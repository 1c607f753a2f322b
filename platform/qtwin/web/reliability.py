"""The reliability diagram: how often intervals held, against what they claimed, as it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qtwin.projects.models import Observable
from qtwin.twins.models import TwinFit
from qtwin.twins.reliability import Reliability, coverage
from qtwin.web.headline import symbol
from qtwin.web.numbers import plain, uncertain

LEAST = 3
"""References below which there is nothing to draw."""
BINS = 5

LEFT, TOP, SIDE = 44.0, 10.0, 240.0
HISTOGRAM = 110.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One nominal interval: numbers to read, and where they are drawn.

    ``verdict``: ``right`` where what is claimed is within the range of the true share, ``short``
    where the share is surely below it, ``long`` where it is surely above.
    """

    nominal: str
    held: int
    of: int
    share: str
    between: str
    x: str
    y: str
    low: str
    high: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bin of the histogram of where references fell in what was foretold of them."""

    between: str
    count: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """Ready to draw; without ``levels`` there are too few references, and ``sentence`` says so."""

    sentence: str
    references: int
    levels: list[Level]
    bars: list[Bar]
    even: str
    rows: list[dict[str, str]]


def diagram(fit: TwinFit, told: Reliability | None) -> Diagram | None:
    """None where nobody can compute it now."""
    if told is None:
        return None
    count = len(told.held_out)
    if count < LEAST:
        return Diagram(
            sentence=_too_few(count), references=count, levels=[], bars=[], even="", rows=[]
        )
    found = coverage([row["level"] for row in told.held_out])
    bars, even = _bars([row["pit"] for row in told.held_out])
    return Diagram(
        sentence=_sentence(found, fit.c2),
        references=count,
        levels=[_level(row) for row in found],
        bars=bars,
        even=even,
        rows=[_row(row, fit.observable) for row in told.held_out],
    )


def _too_few(count: int) -> str:
    what = "No reference was measured" if not count else f"{count} of at least {LEAST} references"
    if count == 1:
        what = f"1 of at least {LEAST} references"
    return (
        f"{what}: error bars are nominal only. They say what the model believes, and nobody has "
        "checked it."
    )


def _sentence(found: Sequence[dict[str, Any]], c2: float) -> str:
    last = found[-1]
    held, of = last["held"], last["of"]
    text = (
        f"Each of {of} references was left out once, and foretold from everything else: {held} of "
        f"{of} lie within their 95 % interval."
    )
    verdicts = {_verdict(row) for row in found}
    if "short" in verdicts:
        text += " Some intervals are too short: they hold less than they claim."
    elif "long" in verdicts:
        text += " Some intervals are longer than they need to be: they hold more than they claim."
    elif of < 20:
        text += f" So few cannot tell 95 % from {plain(100 * last['lower'], 0)} %."
    if c2 > 1.005:
        text += f" Leaving out found errors too small, so variances were raised by {plain(c2, 2)}."
    return text


def _level(row: dict[str, Any]) -> Level:
    share = row["held"] / row["of"]
    return Level(
        nominal=f"{plain(100 * row['nominal'], 0)} %",
        held=row["held"],
        of=row["of"],
        share=f"{plain(100 * share, 0)} %",
        between=f"{plain(100 * row['lower'], 0)} to {plain(100 * row['upper'], 0)} %",
        x=_x(row["nominal"]),
        y=_y(share),
        low=_y(row["lower"]),
        high=_y(row["upper"]),
        verdict=_verdict(row),
    )


def _verdict(row: dict[str, Any]) -> str:
    if row["upper"] < row["nominal"]:
        return "short"
    return "long" if row["lower"] > row["nominal"] else "right"


def _bars(pits: Sequence[float]) -> tuple[list[Bar], str]:
    counts = [0] * BINS
    for pit in pits:
        counts[min(BINS - 1, int(pit * BINS))] += 1
    most = max(*counts, 2.0 * len(pits) / BINS)
    width = SIDE / BINS
    bars = [
        Bar(
            between=f"{bin_ / BINS:g} to {(bin_ + 1) / BINS:g}",
            count=count,
            x=f"{LEFT + bin_ * width + 1:.1f}",
            y=f"{TOP + HISTOGRAM * (1 - count / most):.1f}",
            width=f"{width - 2:.1f}",
            height=f"{HISTOGRAM * count / most:.1f}",
        )
        for bin_, count in enumerate(counts)
    ]
    return bars, f"{TOP + HISTOGRAM * (1 - len(pits) / BINS / most):.1f}"


def _row(row: dict[str, Any], observable: Observable) -> dict[str, str]:
    unit = symbol(observable.unit)
    return {
        "x": ", ".join(f"{value:g}".replace("-", "−") for value in row["x"]),
        "source": row["source"],
        "value": f"{plain(row['value'], 4)} {unit}".strip(),
        "foretold": f"{uncertain(row['mean'], row['std'])} {unit}".strip(),
        "z": plain(row["z"], 2),
    }


def _x(share: float) -> str:
    return f"{LEFT + SIDE * share:.1f}"


def _y(share: float) -> str:
    return f"{TOP + SIDE * (1 - share):.1f}"
