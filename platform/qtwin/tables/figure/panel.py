"""One panel: the curve along the first control, and the measurements on it.

Shapes: ``G`` points of the grid, ``n`` measurements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.tables.figure.axis import Axis, padded
from qtwin.tables.figure.style import COLOURS, mark

WIDTH, HEIGHT = 560.0, 360.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 84.0, 12.0, 26.0, 46.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """What one panel shows.

    Attributes:
        title: Of the slice; empty with one control.
        labels: Names of the axes with their units.
        grid: First control, shape ``(G,)``.
        mean: Shape ``(G,)``.
        lower: Shape ``(G,)``.
        upper: Shape ``(G,)``.
        x: First control of each measurement, shape ``(n,)``.
        y: Shape ``(n,)``.
        std: One sigma, shape ``(n,)``.
        source: Index of its source, shape ``(n,)``.
        sigma: One sigma of the curve, drawn as a band of its own, shape ``(G,)``.
    """

    title: str
    labels: tuple[str, str]
    grid: FloatArray
    mean: FloatArray
    lower: FloatArray
    upper: FloatArray
    x: FloatArray
    y: FloatArray
    std: FloatArray
    source: IntArray
    sigma: FloatArray | None = None

    def draw(self, *, left: float, top: float, name: str) -> Iterator[str]:
        """The panel with its upper left corner at some pixel; ``name`` is unique in the page."""
        along = self.grid if len(self.grid) else self.x
        first, last = padded(float(along.min()), float(along.max()), 0.02)
        horizontal = Axis(
            lower=first,
            upper=last,
            start=left + _LEFT,
            end=left + WIDTH - _RIGHT,
        )
        low, high = self._range()
        vertical = Axis(lower=low, upper=high, start=top + HEIGHT - _BOTTOM, end=top + _TOP)
        box = (
            f'x="{horizontal.start:.1f}" y="{vertical.end:.1f}" '
            f'width="{horizontal.end - horizontal.start:.1f}" '
            f'height="{vertical.start - vertical.end:.1f}"'
        )
        yield f'<clipPath id="{name}"><rect {box}/></clipPath>'
        yield from _ticks(horizontal, vertical)
        yield f'<g clip-path="url(#{name})">'
        yield from self._curve(horizontal, vertical)
        yield from self._measurements(horizontal, vertical)
        yield f'</g><rect class="frame" {box}/>'
        yield from self._words(horizontal, vertical)

    def _range(self) -> tuple[float, float]:
        """Curve and measurements, and of a wide band as much as three times those."""
        core = np.concatenate([self.mean, self.y])
        low, high = float(core.min()), float(core.max())
        room = 3.0 * (high - low) or np.inf
        ends = np.concatenate([self.lower, self.upper, self.y - self.std, self.y + self.std])
        inside = np.clip(ends, low - room, high + room)
        return padded(min(low, float(inside.min())), max(high, float(inside.max())))

    def _curve(self, horizontal: Axis, vertical: Axis) -> Iterator[str]:
        across = horizontal.at(self.grid)
        ring = np.concatenate([across, across[::-1]])
        bands = {"band": (self.lower, self.upper)}
        if self.sigma is not None:
            bands["sigma"] = (self.mean - self.sigma, self.mean + self.sigma)
        for kind, (low, high) in bands.items():
            edge = np.concatenate([vertical.at(high), vertical.at(low)[::-1]])
            yield f'<polygon class="{kind}" points="{_points(ring, edge)}"/>'
        yield f'<polyline class="mean" points="{_points(across, vertical.at(self.mean))}"/>'

    def _measurements(self, horizontal: Axis, vertical: Axis) -> Iterator[str]:
        across, middle = horizontal.at(self.x), vertical.at(self.y)
        ends = vertical.at(self.y - self.std), vertical.at(self.y + self.std)
        for i, source in enumerate(self.source.tolist()):
            bar = f'<path d="M{across[i]:.1f} {ends[0][i]:.1f}V{ends[1][i]:.1f}"/>'
            shape = mark(source, across[i], middle[i])
            yield f'<g class="mark s{source % COLOURS}">{bar if self.std[i] else ""}{shape}</g>'

    def _words(self, horizontal: Axis, vertical: Axis) -> Iterator[str]:
        middle = (horizontal.start + horizontal.end) / 2, (vertical.start + vertical.end) / 2
        across = escape(self.labels[0] + _power(horizontal))
        up = escape(self.labels[1] + _power(vertical))
        edge = horizontal.start - _LEFT + 20.0
        anchor = 'text-anchor="middle"'
        yield f'<text x="{middle[0]:.1f}" y="{vertical.start + 38:.1f}" {anchor}>{across}</text>'
        turn = f'transform="translate({edge:.1f} {middle[1]:.1f}) rotate(-90)"'
        yield f"<text {turn} {anchor}>{up}</text>"
        if self.title:
            where = f'x="{horizontal.start:.1f}" y="{vertical.end - 8:.1f}"'
            yield f"<text {where}>{escape(self.title)}</text>"


def _ticks(horizontal: Axis, vertical: Axis) -> Iterator[str]:
    ticks = horizontal.ticks()
    for x, label in zip(horizontal.at(ticks), horizontal.labels(), strict=True):
        yield f'<path class="rule" d="M{x:.1f} {vertical.start:.1f}V{vertical.end:.1f}"/>'
        where = f'x="{x:.1f}" y="{vertical.start + 17:.1f}"'
        yield f'<text class="small" {where} text-anchor="middle">{label}</text>'
    ticks = vertical.ticks()
    for y, label in zip(vertical.at(ticks), vertical.labels(), strict=True):
        yield f'<path class="rule" d="M{horizontal.start:.1f} {y:.1f}H{horizontal.end:.1f}"/>'
        where = f'x="{horizontal.start - 6:.1f}" y="{y + 4:.1f}"'
        yield f'<text class="small" {where} text-anchor="end">{label}</text>'


def _power(axis: Axis) -> str:
    if axis.exponent == 0:
        return ""
    digits = str(axis.exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f" × 10{digits}"


def _points(x: FloatArray, y: FloatArray) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
