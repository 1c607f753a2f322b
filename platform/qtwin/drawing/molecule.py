"""A molecule as balls and sticks, seen with perspective.

The camera is that of `qtwin.drawing.view`; a script turns the same picture (``src/drawing``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from backends.systems import Molecule
from qtwin.drawing import view
from qtwin.drawing.bonds import Bond, bonds
from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.radii import COVALENT
from qtwin.drawing.settings import where

WIDTH, HEIGHT, MARGIN = 440.0, 320.0, 8.0
FRAMES, MOST_SLIDERS = 21, 4
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LEAST_LABEL = 7.0
"""Radius in px from which an atom carries its symbol."""


def ball(symbol: str) -> float:
    """Radius of an atom in the picture, angstrom."""
    return 0.2 + 0.24 * COVALENT[symbol]


def molecule_figure(system: Molecule) -> Figure:
    """The molecule in the middle of its controls' ranges; without atoms, what is known of it.

    Raises:
        ValueError: An atom is nowhere at these values.
    """
    symbols = [atom.element for atom in system.atoms]
    places = _places(system)
    found = bonds(symbols, places)
    rows = view.tilted(view.axes(places))
    sliders = _sliders(system)
    frames = [places, *(frame for one in sliders for frame in one["frames"])]
    radius = max(map(_radius, frames)) or 1.0
    scale = _scale(radius, max(map(ball, symbols)))
    name = formula(symbols)
    moving = [control.name for control in system.controls]
    notes = [where(system, moving)] if moving else []
    if any(bond.stretched for bond in found):
        notes.append("Dashed lines join the nearest atoms of parts that are too far apart to bond.")
    camera = view.Camera(rows, view.middle(places), radius)
    shapes = [
        *_atoms(symbols, places, camera, scale),
        *_sticks(symbols, places, found, camera, scale),
    ]
    return Figure(
        svg=picture(
            WIDTH,
            HEIGHT,
            element("g", *(shape for _, shape in sorted(shapes, key=lambda s: s[0]))),
            title=f"Molecule {name}",
            about=_about(symbols, found),
            class_="drawing-molecule",
        ),
        notes=tuple(notes),
        sheets=_sheets(symbols, places, found),
        model={
            "symbols": symbols,
            "balls": [ball(symbol) for symbol in symbols],
            "covalent": [COVALENT[symbol] for symbol in symbols],
            "places": places,
            "rows": rows,
            "radius": radius,
            "scale": scale,
            "sliders": sliders,
        },
    )


def formula(symbols: Sequence[str]) -> str:
    """In Hill's order: carbon, hydrogen, then the alphabet; ``H₂O``."""
    counts = Counter(symbols)
    first = [symbol for symbol in ("C", "H") if "C" in counts and symbol in counts]
    order = [*first, *sorted(set(counts) - set(first))]
    parts = (f"{s}{counts[s] if counts[s] > 1 else ''}" for s in order)
    return "".join(parts).translate(SUBSCRIPTS)


def _places(system: Molecule) -> list[view.Vector]:
    return _finite(system.positions(system.middle)[0].tolist())


def _finite(rows: list[list[float]]) -> list[view.Vector]:
    if not all(math.isfinite(value) for row in rows for value in row):
        raise ValueError("an atom is nowhere at these values")
    return [(x, y, z) for x, y, z in rows]


def _sliders(system: Molecule) -> list[dict[str, Any]]:
    """Each control with the places of the atoms through its range; none where there are many."""
    if len(system.controls) > MOST_SLIDERS:
        return []
    made = []
    for number, control in enumerate(system.controls):
        points = system.along(number, FRAMES)
        try:
            frames = [_finite(frame) for frame in system.positions(points).tolist()]
        except ValueError:
            continue
        made.append(
            {
                "label": control.label,
                "unit": control.unit,
                "values": points[:, number].tolist(),
                "frames": [[[round(v, 4) for v in place] for place in f] for f in frames],
            }
        )
    return made


def _radius(places: Sequence[view.Vector]) -> float:
    """Distance of the outermost atom from the middle."""
    center = view.middle(places)
    return max(math.dist(place, center) for place in places)


def _scale(radius: float, largest: float) -> float:
    """Pixels per angstrom, such that nothing leaves the picture however it is turned."""
    nearer = view.AWAY / (view.AWAY - 1.0)
    return (min(WIDTH, HEIGHT) / 2 - MARGIN) / (nearer * (radius + largest))


Shape = tuple[float, Element]
"""How near a shape is, and the shape."""


def _atoms(
    symbols: Sequence[str], places: Sequence[view.Vector], camera: view.Camera, scale: float
) -> Iterator[Shape]:
    for symbol, place in zip(symbols, places, strict=True):
        seen = camera.see(place)
        yield seen.near, _atom(symbol, seen, scale)


def _sticks(
    symbols: Sequence[str],
    places: Sequence[view.Vector],
    found: Sequence[Bond],
    camera: view.Camera,
    scale: float,
) -> Iterator[Shape]:
    for bond in found:
        one, two = (camera.see(end) for end in _ends(symbols, places, bond))
        yield (one.near + two.near) / 2, _stick(bond, one, two, scale)


def _ends(
    symbols: Sequence[str], places: Sequence[view.Vector], bond: Bond
) -> tuple[view.Vector, view.Vector]:
    """Where a bond leaves the balls of its atoms."""
    a, b = places[bond.first], places[bond.second]
    step = view.less(b, a)
    share = (1.0 if bond.stretched else 0.9) / (bond.length or 1.0)
    s, t = (share * ball(symbols[i]) for i in (bond.first, bond.second))
    return (
        (a[0] + s * step[0], a[1] + s * step[1], a[2] + s * step[2]),
        (b[0] - t * step[0], b[1] - t * step[1], b[2] - t * step[2]),
    )


def _atom(symbol: str, place: view.Place, scale: float) -> Element:
    x, y = WIDTH / 2 + place.x * scale, HEIGHT / 2 - place.y * scale
    r = ball(symbol) * scale * place.scale
    parts = [element("circle", cx=x, cy=y, r=r, class_="ball")]
    parts.append(element("circle", cx=x - 0.3 * r, cy=y - 0.32 * r, r=0.42 * r, class_="shine"))
    if r >= LEAST_LABEL:
        size = min(1.1 * r, 20.0)
        parts.append(
            element("text", symbol, x=x, y=y + 0.35 * size, font_size=size, text_anchor="middle")
        )
    return element("g", *parts, class_=f"atom atom-{symbol}")


def _stick(bond: Bond, one: view.Place, two: view.Place, scale: float) -> Element:
    x1, y1 = WIDTH / 2 + one.x * scale, HEIGHT / 2 - one.y * scale
    x2, y2 = WIDTH / 2 + two.x * scale, HEIGHT / 2 - two.y * scale
    width = (0.05 if bond.stretched else 0.16) * scale * (one.scale + two.scale) / 2
    line = element(
        "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke_width=max(1.5, min(width, 16.0)),
        class_="bond stretched" if bond.stretched else "bond",
    )  # fmt: skip
    if not bond.stretched:
        return line
    label = element(
        "text", f"{bond.length:.2f} Å", x=(x1 + x2) / 2, y=(y1 + y2) / 2 - 8, text_anchor="middle",
        class_="drawing-label",
    )  # fmt: skip
    return element("g", line, label)


def _about(symbols: Sequence[str], found: Sequence[Bond]) -> str:
    count = sum(not bond.stretched for bond in found)
    atoms, joined = len(symbols), f"{count} bond{'' if count == 1 else 's'}"
    return f"{atoms} atom{'' if atoms == 1 else 's'} and {joined}, seen in perspective"


def _sheets(
    symbols: Sequence[str], places: Sequence[view.Vector], found: Sequence[Bond]
) -> tuple[Sheet, ...]:
    atoms = Sheet(
        name="Atoms",
        head=("Atom", "Element", "x / Å", "y / Å", "z / Å"),
        rows=tuple(
            (number, symbol, *(round(v, 6) for v in place))
            for number, (symbol, place) in enumerate(zip(symbols, places, strict=True))
        ),
    )
    joined = Sheet(
        name="Distances",
        head=("Atoms", "Elements", "Distance / Å", "Bonded"),
        rows=tuple(
            (
                f"{b.first}–{b.second}",
                f"{symbols[b.first]}–{symbols[b.second]}",
                round(b.length, 6),
                "no" if b.stretched else "yes",
            )
            for b in found
        ),
    )
    return (atoms, joined) if joined.rows else (atoms,)
