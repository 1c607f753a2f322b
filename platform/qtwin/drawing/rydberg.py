"""An array of Rydberg atoms to scale, with the radius of the blockade."""

from __future__ import annotations

import math
from collections.abc import Sequence

from backends.systems import RydbergArray
from qtwin.drawing import pulse
from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.plane import Plane
from qtwin.drawing.settings import amount, where
from qtwin.drawing.sites import Point

BAR, LEAST_NUMBERED, LEAST_PULSE = 90.0, 26.0, 320.0
MOST_RADIUS = 3.0
"""A circle of the blockade larger than so many extents of the array is not drawn."""


def rydberg_figure(system: RydbergArray) -> Figure:
    """The atoms in the middle of the controls' ranges.

    Raises:
        ValueError: An atom is nowhere at these values.
    """
    points = system.middle
    columns = system.columns(points)
    rows = system.geometry.places(columns, 1)[0].tolist()
    if not all(math.isfinite(value) for row in rows for value in row):
        raise ValueError("an atom is nowhere at these values")
    places: list[Point] = [(x, -y) for x, y in rows]
    rabi = max(system.pulse.rabi.table(columns, 1)[1][0].tolist())
    blockade = (system.c6 / rabi) ** (1 / 6) if rabi > 0 else None
    middle = _middle(places)
    center = min(range(len(places)), key=lambda q: math.dist(places[q], middle))
    spacing = _nearest(places)
    plane = _plane(places, places[center], blockade, spacing)
    at = [plane.at(place) for place in places]
    drawn = blockade if blockade is not None and plane.step * blockade < 600 else None
    driven, below = pulse.lines(system), plane.height + 30
    width = max(plane.width, LEAST_PULSE) if driven else plane.width
    return Figure(
        svg=picture(
            width,
            below + (pulse.HEIGHT if driven else 0),
            *(pulse.panel(driven, below, width) if driven else ()),
            *_circle(at[center], drawn, plane.step),
            element("g", *(_pair(at[i], at[j], i, j) for i, j in system.geometry.bonds)),
            element("g", *(_atom(q, p, rows[q], plane.step * spacing) for q, p in enumerate(at))),
            *_bar(plane),
            title=f"Array of {len(places)} Rydberg atom{'s' if len(places) > 1 else ''}",
            about=_about(places, blockade, spacing),
            class_="drawing-rydberg",
        ),
        notes=tuple(_notes(system, rabi, blockade, center)),
        sheets=(
            Sheet(
                name="Atoms",
                head=("Atom", "x / µm", "y / µm"),
                rows=tuple((q, round(x, 6), round(y, 6)) for q, (x, y) in enumerate(rows)),
            ),
            *((pulse.sheet(driven),) if driven else ()),
        ),
    )


def _middle(places: Sequence[Point]) -> Point:
    return (sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places))


def _nearest(places: Sequence[Point]) -> float:
    """Smallest distance of two atoms, um."""
    pairs = ((a, b) for i, a in enumerate(places) for b in places[:i])
    return min((math.dist(a, b) for a, b in pairs), default=math.inf)


def _plane(places: Sequence[Point], center: Point, blockade: float | None, nearest: float) -> Plane:
    """Room for the atoms, and for the circle where it is not much larger than the array."""
    extent = max((math.dist(place, center) for place in places), default=0.0)
    shown = list(places)
    if blockade is not None and blockade <= MOST_RADIUS * max(extent, 1.0):
        x, y = center
        shown += [(x - blockade, y), (x + blockade, y), (x, y - blockade), (x, y + blockade)]
    least = 14.0 / nearest if math.isfinite(nearest) else 1.0
    return Plane.around(shown, most=40.0, least=least, padding=24.0)


def _circle(at: Point, blockade: float | None, step: float) -> list[Element]:
    if blockade is None:
        return []
    title = element("title", f"Blockade radius {blockade:.3g} µm")
    return [element("circle", title, cx=at[0], cy=at[1], r=blockade * step, class_="blockade")]


def _pair(one: Point, two: Point, i: int, j: int) -> Element:
    title = element("title", f"Neighbours {i}–{j}")
    return element(
        "line", title, x1=one[0], y1=one[1], x2=two[0], y2=two[1], class_="lattice-bond second"
    )


def _atom(number: int, at: Point, um: Sequence[float], spacing: float) -> Element:
    r = min(0.3 * spacing, 11.0)
    parts = [
        element("title", f"Atom {number} at ({um[0]:.4g}, {um[1]:.4g}) µm"),
        element("circle", cx=at[0], cy=at[1], r=r),
    ]
    if spacing >= LEAST_NUMBERED:
        parts.append(
            element("text", str(number), x=at[0], y=at[1] + 3.5, font_size=10, text_anchor="middle")
        )
    return element("g", *parts, class_="site rydberg-atom")


def _bar(plane: Plane) -> list[Element]:
    """A scale bar of 1, 2 or 5 times a power of ten micrometres."""
    most = BAR / plane.step
    power = 10.0 ** math.floor(math.log10(most))
    length = max(m * power for m in (1, 2, 5) if m * power <= most)
    y, x = plane.height + 14, 24.0
    end = x + length * plane.step
    path = f"M{x:.1f} {y - 4:.1f}v8M{x:.1f} {y:.1f}H{end:.1f}M{end:.1f} {y - 4:.1f}v8"
    text = element("text", f"{length:g} µm", x=end + 8, y=y + 4, class_="drawing-label")
    return [element("path", d=path, class_="scale-bar"), text]


def _about(places: Sequence[Point], blockade: float | None, nearest: float) -> str:
    near = f", the nearest {nearest:.3g} µm apart" if math.isfinite(nearest) else ""
    circle = f"; the blockade radius is {blockade:.3g} µm" if blockade is not None else ""
    return f"{len(places)} atoms in a plane{near}{circle}"


def _notes(system: RydbergArray, rabi: float, blockade: float | None, center: int) -> list[str]:
    moving = system.geometry.names | system.pulse.names
    notes = [where(system, moving)] if moving else []
    if blockade is not None:
        most = "the largest " if system.pulse.rabi.driven else ""
        notes.append(
            f"The circle about atom {center} is the blockade radius {blockade:.3g} µm, at which "
            f"C6/r⁶ equals {most}Ω = {amount(rabi, 'rad/us')}: within it two atoms are hardly "
            "excited together."
        )
    if system.geometry.bonds:
        notes.append("Thin lines join the pairs that count as neighbours in observables.")
    if system.cutoff is not None:
        notes.append(f"Pairs beyond {amount(system.cutoff, 'um')} do not interact.")
    return notes
