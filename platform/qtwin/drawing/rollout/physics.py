"""The sites at one time: as full as they are excited, spins with an arrow as long as ⟨Z⟩.

A script draws them again at another time, by the same rules (`frontend/src/worlds/scrub.ts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qtwin.drawing.element import Element, element
from qtwin.drawing.plane import Plane
from qtwin.drawing.rollout.sites import Sites

WIDE = 320.0
"""Of the picture before it is scaled: what a phone shows."""
DEEP, MOST, PADDING = 200.0, 46.0, 30.0
LEAST_NUMBERED, LEAST_SAID = 18.0, 26.0
"""Spacings from which a site carries its number, and its probability."""
ARROW = 0.85
"""Half of the longest arrow, in radii."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The picture of the sites: its elements and its size, px."""

    elements: tuple[Element, ...]
    width: float
    height: float


def physics(sites: Sites, densities: Sequence[float]) -> Scene:
    """The sites with the probability of 1, or of the Rydberg state, of each."""
    plane = _plane(sites)
    at = [plane.at(place) for place in sites.places]
    lines = [
        element("line", x1=at[i][0], y1=at[i][1], x2=at[j][0], y2=at[j][1], class_="lattice-bond")
        for i, j in sites.pairs
    ]
    marks = [
        _site(sites, number, place, plane.step, densities[number])
        for number, place in enumerate(at)
    ]
    return Scene(elements=(*lines, *marks), width=plane.width, height=plane.height + 4)


def _plane(sites: Sites) -> Plane:
    """In the middle of at least `WIDE` px, at most `DEEP` px high."""
    xs, ys = [x for x, _ in sites.places], [y for _, y in sites.places]
    across, down = max(xs) - min(xs) or 1e-3, max(ys) - min(ys) or 1e-3
    step = max(8.0, min((WIDE - 2 * PADDING) / across, DEEP / down, MOST))
    plane = Plane.around(sites.places, most=step, least=step, padding=PADDING)
    extra = max(0.0, WIDE - plane.width)
    return replace(plane, left=plane.left - extra / 2 / step, width=plane.width + extra)


def _site(
    sites: Sites, number: int, at: tuple[float, float], step: float, density: float
) -> Element:
    (x, y), radius = at, min(0.36 * step, 15.0)
    parts = [
        element("title", f"{sites.word} {number}: {density:.2f}"),
        element("circle", cx=x, cy=y, r=radius, class_="state-ground"),
        element("circle", cx=x, cy=y, r=radius, fill_opacity=density, class_="state-excited"),
    ]
    if sites.kind == "spin":
        place = f"translate({x:.1f} {y:.1f})"
        path = arrow_path(1 - 2 * density, radius)
        parts.append(
            element("path", d=path, transform=place, data_radius=radius, class_="state-arrow")
        )
    elif step >= LEAST_NUMBERED:
        full = " full" if density > 0.5 else ""
        parts.append(element("text", str(number), x=x, y=y + 4, class_=f"state-number{full}"))
    if step >= LEAST_SAID:
        text = f"{density:.2f}"
        parts.append(element("text", text, x=x, y=y + radius + 13, class_="state-density"))
    return element("g", *parts, class_=f"state state-{sites.kind}", data_site=number)


def arrow_path(z: float, radius: float) -> str:
    """Up for ⟨Z⟩ = 1, down for −1, and shorter between."""
    tip = -ARROW * radius * z
    head = 0.38 * radius * min(1.0, 2 * abs(z)) * (1 if z > 0 else -1)
    back = tip + head
    return (
        f"M0 {-tip:.2f}V{tip:.2f}M{-abs(head) * 0.7:.2f} {back:.2f}L0 {tip:.2f}"
        f"L{abs(head) * 0.7:.2f} {back:.2f}"
    )
