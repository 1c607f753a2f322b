"""The field of view of an analog device: where atoms may stand, and how close."""

from __future__ import annotations

from backends.analog.limits import AQUILA
from backends.schema import CalibrationSnapshot
from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet

STEP, LEFT, TOP = 5.0, 56.0, 20.0
"""Pixels per micrometre, and room for what is written."""


def field_figure(said: CalibrationSnapshot) -> Figure:
    """The area of QuEra's Aquila with sites at the least spacing, to scale, and what it says."""
    width, height, spacing = AQUILA.width_um, AQUILA.height_um, AQUILA.spacing_um
    across, down = int(width // spacing) + 1, int(height // spacing) + 1
    sites = [(spacing * (k % across), spacing * (k // across)) for k in range(across * down)]
    drawn = sites[: AQUILA.atoms]
    dots = (_dot(x, height - y) for x, y in drawn)
    wide, high = width * STEP, height * STEP
    right, bottom = LEFT + wide, TOP + high
    return Figure(
        svg=picture(
            right + 20,
            bottom + 34,
            element("rect", x=LEFT, y=TOP, width=wide, height=high, class_="field"),
            element("g", *dots),
            element("text", f"{width:g} µm", x=(LEFT + right) / 2, y=bottom + 20,
                    text_anchor="middle", class_="drawing-label"),
            element("text", f"{height:g} µm", x=LEFT - 8, y=(TOP + bottom) / 2, text_anchor="end",
                    class_="drawing-label"),
            title=f"Field of view of {said.device}",
            about=f"{width:g} by {height:g} µm for up to {AQUILA.atoms} atoms, the nearest "
            f"{spacing:g} µm apart",
            class_="drawing-device",
        ),
        notes=(
            f"Up to {AQUILA.atoms} atoms fit into the area; the dots are sites at the least "
            f"distance, {spacing:g} µm.",
        ),
        sheets=(
            Sheet(
                name="What it says",
                head=("Number", "Value"),
                rows=tuple((name, value) for name, value in sorted(said.facts.items())),
            ),
        ),
    )  # fmt: skip


def _dot(x: float, y: float) -> Element:
    return element("circle", cx=LEFT + x * STEP, cy=TOP + y * STEP, r=2, class_="field-site")
