"""The whole drawing: a panel for each slice, and a legend."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.unit import PURE
from qtwin.tables.figure.panel import HEIGHT, WIDTH, Panel
from qtwin.tables.figure.style import COLOURS, mark, sheet
from qtwin.tables.fuse import Fused

_GRID = 201
_MOST_PANELS = 9
_LEGEND = 190.0
_HEAD = 34.0
_ROW = 20.0
_SAME = 1e-9  # part of a control's range at which a measurement lies on a slice


def draw(fused: Fused) -> str:
    """The curve along the first control as an SVG document.

    With more controls there is one panel for each combination of the others among the points, at
    most nine of them, evenly chosen.
    """
    slices = np.unique(fused.points.x[:, 1:], axis=0)
    shown = np.unique(np.linspace(0, len(slices) - 1, _MOST_PANELS).round().astype(np.int64))
    panels = [_panel(fused, slices[at]) for at in shown]
    across = int(np.ceil(np.sqrt(len(panels))))
    down = int(np.ceil(len(panels) / across))
    names = [source.name for source in fused.spec.sources]
    width = across * WIDTH + _LEGEND
    height = max(_HEAD + down * HEIGHT, _HEAD + (len(names) + 5) * _ROW)
    title = f"{fused.spec.observable.name}: mean and 95 % interval ({fused.first.claim.value})"
    if len(panels) < len(slices):
        title += f", {len(panels)} of {len(slices)} slices"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img">',
        f"<title>{escape(title)}</title><style>{sheet()}</style>",
        f'<rect class="page" width="{width:.0f}" height="{height:.0f}"/>',
        f'<text x="14" y="22">{escape(title)}</text>',
    ]
    for i, panel in enumerate(panels):
        left, top = (i % across) * WIDTH, _HEAD + (i // across) * HEIGHT
        parts += panel.draw(left=left, top=top, name=f"panel{i}")
    parts += _legend(names, left=across * WIDTH + 8.0, top=_HEAD + 34.0)
    return "\n".join([*parts, "</svg>\n"])


def _panel(fused: Fused, rest: FloatArray) -> Panel:
    """The slice on which the other controls have the values ``rest``, shape ``(D - 1,)``."""
    controls, fit = fused.spec.controls, fused.fit
    low, high = fit.bounds.T
    asked = fused.points.x[:, 0]
    grid = np.linspace(min(low[0], asked.min()), max(high[0], asked.max()), _GRID)
    found = fit.predict(np.column_stack([grid, np.tile(rest, (_GRID, 1))]))
    sites, scale = fit.sites, fit.scale
    seen = low + sites.x * (high - low)
    on = np.all(np.abs(seen[:, 1:] - rest) <= _SAME * (high - low)[1:], axis=1)
    place = {source.name: index for index, source in enumerate(fused.spec.sources)}
    source = np.array([place[spec.name] for spec in sites.specs], dtype=np.int64)[sites.source]
    return Panel(
        title=", ".join(
            f"{control.name} = {value:.6g}{_unit(control.unit, ' {}')}"
            for control, value in zip(controls[1:], rest, strict=True)
        ),
        labels=(
            controls[0].name + _unit(controls[0].unit, " ({})"),
            fused.spec.observable.name + _unit(fused.spec.observable.unit, " ({})"),
        ),
        grid=grid,
        mean=found.mean,
        lower=found.lower,
        upper=found.upper,
        x=seen[on, 0],
        y=scale.shift + scale.factor * sites.y[on],
        std=scale.factor * np.sqrt(sites.var[on]),
        source=source[on],
    )


def _unit(unit: str, pattern: str) -> str:
    return "" if unit in PURE else pattern.format(unit)


def _legend(names: list[str], *, left: float, top: float) -> Iterator[str]:
    entries = ["mean", "95 % interval", *(n if len(n) <= 22 else n[:21] + "…" for n in names)]
    for i, name in enumerate(entries):
        y = top + i * _ROW
        if i == 0:
            yield f'<path class="mean" d="M{left} {y}h20"/>'
        elif i == 1:
            yield f'<rect class="band" x="{left}" y="{y - 6}" width="20" height="12"/>'
        else:
            yield f'<g class="mark s{(i - 2) % COLOURS}">{mark(i - 2, left + 10, y)}</g>'
        yield f'<text x="{left + 28}" y="{y + 4}">{escape(name)}</text>'
    y = top + len(entries) * _ROW
    yield f'<text class="small" x="{left}" y="{y + 4}">error bars: one sigma</text>'
