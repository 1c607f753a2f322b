"""A twin's curve as one self-contained SVG, drawn as `qtwin fuse --plot` draws it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from qtwin.tables.figure.style import COLOURS, mark, sheet

if TYPE_CHECKING:
    from qtwin.client.rows.curve import Curve, Named
    from qtwin.tables.figure.panel import Panel

TOP, LEGEND, ROW = 34.0, 190.0, 20.0


def figure(curve: Curve) -> str:
    """The document; its names are its own, so that many fit into one page."""
    from qtwin.tables.figure.panel import HEIGHT, WIDTH

    name = f"qtwin-{uuid.uuid4().hex[:12]}"
    drawn = [one for one in curve.sources if one.measurements]
    width = WIDTH + LEGEND
    height = max(TOP + HEIGHT, TOP + (len(drawn) + 6) * ROW)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" role="img" '
        f'aria-labelledby="{name}-title {name}-words" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="max-width:100%;height:auto">',
        f'<title id="{name}-title">{escape(_title(curve))}</title>',
        f'<desc id="{name}-words">{escape(_words(curve))}</desc>',
        f"<style>{sheet(f'.{name} ')}</style>",
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text x="14" y="22">{escape(_title(curve))}</text>',
    ]
    if len(curve.x) or curve.points:
        parts += _panel(curve).draw(left=0.0, top=TOP, name=f"{name}-panel")
    labels = [one.label or one.name for one in drawn]
    parts += _legend(labels, left=WIDTH + 8.0, top=TOP + 34.0)
    return "\n".join([*parts, "</svg>"])


def _panel(curve: Curve) -> Panel:
    import numpy as np

    from qtwin.tables.figure.panel import Panel

    drawn = [one.name for one in curve.sources if one.measurements]
    points = [one for one in curve.points if one.source in drawn]
    return Panel(
        title=", ".join(f"{name} = {value:.6g}" for name, value in curve.fixed.items()),
        labels=(_axis(curve.control), _axis(curve.observable)),
        grid=curve.x,
        mean=curve.mean,
        lower=curve.lower,
        upper=curve.upper,
        sigma=curve.std,
        x=np.array([one.x for one in points], dtype=np.float64),
        y=np.array([one.value for one in points], dtype=np.float64),
        std=np.array([one.std for one in points], dtype=np.float64),
        source=np.array([drawn.index(one.source) for one in points], dtype=np.int64),
    )


def _title(curve: Curve) -> str:
    what = f"{curve.observable.title} over {curve.control.title.lower()}"
    return what if curve.version is None else f"{what}: version {curve.version.number}"


def _words(curve: Curve) -> str:
    """The figure for those who do not see it."""
    if curve.version is None or not len(curve.x):
        return f"There is no twin yet; {len(curve.points)} measurements."
    lowest = int(curve.mean.argmin())
    return (
        f"From {curve.x[0]:.4g} to {curve.x[-1]:.4g} {curve.control.unit}. The mean is lowest at "
        f"{curve.x[lowest]:.4g}: {curve.mean[lowest]:.6g} ± {curve.std[lowest]:.2g} "
        f"{curve.observable.unit}. One sigma is at most {curve.std.max():.2g}. "
        f"{len(curve.points)} measurements."
    )


def _axis(named: Named) -> str:
    return f"{named.title} ({named.unit})" if named.unit else named.title


def _legend(names: list[str], *, left: float, top: float) -> Iterator[str]:
    entries = ["mean", "1σ", "95 % interval"]
    for row, name in enumerate([*entries, *names]):
        y = top + row * ROW
        if row == 0:
            yield f'<path class="mean" d="M{left} {y}h20"/>'
        elif row < len(entries):
            kinds = ("sigma", "band") if row == 1 else ("band",)
            for kind in kinds:
                yield f'<rect class="{kind}" x="{left}" y="{y - 6}" width="20" height="12"/>'
        else:
            source = row - len(entries)
            yield f'<g class="mark s{source % COLOURS}">{mark(source, left + 10, y)}</g>'
        short = name if len(name) <= 22 else f"{name[:21]}…"
        yield f'<text x="{left + 28}" y="{y + 4}">{escape(short)}</text>'
