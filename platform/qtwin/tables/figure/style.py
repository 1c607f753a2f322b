"""Colours in light and dark, and a mark of its own for each source.

The colours are those of Okabe & Ito, told apart by most eyes; marks tell sources apart without
colour.
"""

from __future__ import annotations

from typing import Literal

_LIGHT = ("#0072b2", "#d55e00", "#007a5a", "#a8578a", "#8a6d00", "#4a4ac4", "#b02a2a", "#5b5b5b")
_DARK = ("#56b4e9", "#ff9248", "#2fc49a", "#e39ac8", "#e8c53a", "#a3a3ff", "#ff8a8a", "#b9b9b9")

_MARKS = ("circle", "square", "triangle", "diamond", "cross", "plus")

COLOURS = len(_LIGHT)

_RULES = (
    ("text", "font:12px system-ui,sans-serif;fill:#1c1e21", "fill:#e8eaed"),
    (".small", "font-size:11px;fill:#565b61", "fill:#a9afb6"),
    (".page", "fill:#fff", "fill:#15171a"),
    (".frame", "fill:none;stroke:#565b61", "stroke:#a9afb6"),
    (".rule", "stroke:#e3e5e8", "stroke:#2c3036"),
    (".band", "fill:#1c1e21;fill-opacity:.13", "fill:#e8eaed;fill-opacity:.17"),
    (".sigma", "fill:#1c1e21;fill-opacity:.16", "fill:#e8eaed;fill-opacity:.2"),
    (".mean", "fill:none;stroke:#1c1e21;stroke-width:1.6", "stroke:#e8eaed"),
    (".mark", "stroke-width:1.4", ""),
    *(
        (f".s{i}", f"stroke:{light};fill:{light}", f"stroke:{dark};fill:{dark}")
        for i, (light, dark) in enumerate(zip(_LIGHT, _DARK, strict=True))
    ),
)
"""Selector, declarations in light, and those that are others in dark."""


def sheet(scope: str = "", *, scheme: Literal["auto", "light", "dark"] = "auto") -> str:
    """The style sheet; ``scope`` goes before each selector, where others share the page.

    Of itself it follows the reader's theme; ``scheme`` may fix it.
    """
    light = "".join(f"{scope}{name}{{{rule}}}" for name, rule, _ in _RULES)
    dark = "".join(f"{scope}{name}{{{rule}}}" for name, _, rule in _RULES if rule)
    if scheme == "light":
        return light
    return light + (dark if scheme == "dark" else f"@media(prefers-color-scheme:dark){{{dark}}}")


def mark(source: int, x: float, y: float) -> str:
    """The mark of one measurement."""
    shape = _MARKS[source % len(_MARKS)]
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>'
    return f'<path d="M{x:.1f} {y:.1f}{_PATHS[shape]}"/>'


_PATHS = {
    "square": "m-3-3h6v6h-6z",
    "triangle": "m0-4l3.8 6.6h-7.6z",
    "diamond": "m0-4.2l4.2 4.2l-4.2 4.2l-4.2-4.2z",
    "cross": "m-3-3l6 6m0-6l-6 6",
    "plus": "m-4 0h8m-4-4v8",
}
