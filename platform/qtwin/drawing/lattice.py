"""Spins or electrons on a lattice: sites, bonds, and what is written at them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from backends.systems import FermiHubbard, SpinLattice
from backends.systems.coupling import Coupling
from backends.systems.lattice import Lattice
from qtwin.drawing.couplings import at_place, said, there
from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.plane import Plane
from qtwin.drawing.sites import Point, sites

ON_BONDS = ("J", "delta", "t", "V")
NAMES = {
    "ising": "Ising", "xxz": "XXZ", "heisenberg": "Heisenberg", "j1j2": "J1-J2 Heisenberg",
}  # fmt: skip
LEAST_NUMBERED = 30.0
"""Spacing in px from which sites carry their number."""
MOST_WRITTEN = 12
"""Bonds up to which each carries what is written of it."""
FAR = 1.5
"""A bond longer than so many spacings closes a periodic direction."""


def lattice_figure(system: SpinLattice | FermiHubbard) -> Figure:
    """The lattice with its nearest neighbours, and second ones of a model that has them."""
    lattice = system.lattice
    places = sites(lattice)
    plane = Plane.around(places, padding=40.0)
    at = [plane.at(place) for place in places]
    size = min(0.26 * plane.step, 13.0)
    on_bonds = {n: c for n, c in system.couplings.items() if n in ON_BONDS and there(c)}
    on_sites = {
        n: c for n, c in system.couplings.items() if n not in (*ON_BONDS, "j2") and there(c)
    }
    second = _second(system)
    lines = [_second_bond(lattice, at, pair) for pair in second]
    lines += [
        _bond(lattice, at, pair, plane.step, at_place(on_bonds, index))
        for index, pair in enumerate(lattice.bonds)
    ]
    name = f"{_model(system)} model on a {_shape(lattice)}"
    return Figure(
        svg=picture(
            plane.width,
            plane.height,
            element("g", *lines),
            element("g", *(_labels(lattice, at, on_bonds, plane.step))),
            element("g", *(_site(q, p, size, plane.step, on_sites) for q, p in enumerate(at))),
            title=name,
            about=_about(lattice, second),
            class_="drawing-lattice",
        ),
        notes=_notes(system, lattice),
        facts=tuple(
            (place, ", ".join(said(name, coupling) for name, coupling in found.items()))
            for place, found in (
                ("On bonds", on_bonds),
                ("On second neighbours", _only(system, "j2") if second else {}),
                ("On sites", on_sites),
            )
            if found
        ),
        sheets=(
            _bond_sheet("Bonds", lattice.bonds, on_bonds),
            *(_bond_sheet("Second neighbours", second, _only(system, "j2")) for _ in second[:1]),
        ),
    )


def _model(system: SpinLattice | FermiHubbard) -> str:
    return NAMES[system.model] if isinstance(system, SpinLattice) else "Fermi-Hubbard"


def _shape(lattice: Lattice) -> str:
    kind = {"heavy_hex": "heavy-hexagonal lattice", "square": "square lattice",
            "triangular": "triangular lattice"}.get(lattice.geometry, lattice.geometry)  # fmt: skip
    closed = "periodic " if lattice.periodic else ""
    grid = f", {' × '.join(map(str, lattice.shape))}" if len(lattice.shape) == 2 else ""
    return f"{closed}{kind} of {lattice.sites} sites{grid}"


def _about(lattice: Lattice, second: Sequence[tuple[int, int]]) -> str:
    more = f" and {len(second)} of second neighbours" if second else ""
    return f"{lattice.sites} sites and {len(lattice.bonds)} bonds of nearest neighbours{more}"


def _notes(system: SpinLattice | FermiHubbard, lattice: Lattice) -> tuple[str, ...]:
    notes = []
    if lattice.periodic:
        notes.append("Dashed bonds close the periodic directions.")
    if isinstance(system, FermiHubbard):
        notes.append("Each site holds up to two electrons, one of each spin.")
        if system.electrons is not None:
            up, down = system.electrons
            notes.append(f"Spin up: {up} electron{'s' * (up != 1)}; spin down: {down}.")
    return tuple(notes)


def _second(system: SpinLattice | FermiHubbard) -> tuple[tuple[int, int], ...]:
    drawn = "j2" in system.couplings and there(system.couplings["j2"])
    return system.lattice.next_bonds if drawn else ()


def _only(system: SpinLattice | FermiHubbard, name: str) -> dict[str, Coupling]:
    return {name: system.couplings[name]}


def _bond(
    lattice: Lattice, at: Sequence[Point], pair: tuple[int, int], step: float, text: str
) -> Element:
    one, two = at[pair[0]], at[pair[1]]
    far = math.dist(one, two) > FAR * step
    title = element(
        "title", f"Bond {pair[0]}–{pair[1]}: {text}" if text else f"Bond {pair[0]}–{pair[1]}"
    )
    closes = lattice.periodic and far
    if not closes:
        return element("path", title, d=_line(one, two), class_="lattice-bond")
    if lattice.geometry == "chain" and one[1] == two[1]:
        path = _arc(one, two, 0.45 * step / math.dist(one, two))
    else:
        path = _stub(one, two, step) + _stub(two, one, step)
    return element("path", title, d=path, class_="lattice-bond closing")


def _second_bond(lattice: Lattice, at: Sequence[Point], pair: tuple[int, int]) -> Element:
    one, two = at[pair[0]], at[pair[1]]
    straight = lattice.geometry == "square"
    path = _line(one, two) if straight else _arc(one, two, 0.2)
    return element("path", element("title", f"Second neighbours {pair[0]}–{pair[1]}"), d=path,
                   class_="lattice-bond second")  # fmt: skip


def _line(one: Point, two: Point) -> str:
    return f"M{one[0]:.1f} {one[1]:.1f}L{two[0]:.1f} {two[1]:.1f}"


def _arc(one: Point, two: Point, rise: float) -> str:
    """A curve whose top is ``rise`` times its length off the line, upward."""
    x, y = (one[0] + two[0]) / 2, (one[1] + two[1]) / 2
    dx, dy = two[0] - one[0], two[1] - one[1]
    return (
        f"M{one[0]:.1f} {one[1]:.1f}"
        f"Q{x + 2 * rise * dy:.1f} {y - 2 * rise * dx:.1f} {two[0]:.1f} {two[1]:.1f}"
    )


def _stub(one: Point, two: Point, step: float) -> str:
    """The beginning of a bond that leaves the picture on the far side."""
    length = math.dist(one, two)
    share = 0.5 * step / length
    x, y = one[0] - share * (two[0] - one[0]), one[1] - share * (two[1] - one[1])
    return _line(one, (x, y))


def _labels(
    lattice: Lattice, at: Sequence[Point], on_bonds: Mapping[str, Coupling], step: float
) -> list[Element]:
    """What is written at each bond where bonds differ and there are few."""
    differ = any(len(coupling.entries) > 1 for coupling in on_bonds.values())
    if not differ or len(lattice.bonds) > MOST_WRITTEN:
        return []
    made = []
    for index, (i, j) in enumerate(lattice.bonds):
        x, y = (at[i][0] + at[j][0]) / 2, (at[i][1] + at[j][1]) / 2
        if math.dist(at[i], at[j]) < FAR * step:
            text = at_place({n: c for n, c in on_bonds.items() if len(c.entries) > 1}, index)
            said = text if "," in text else text.split(" = ")[-1]
            made.append(_label(said, x, y - 6))
    return made


def _label(text: str, x: float, y: float) -> Element:
    return element("text", text, x=x, y=y, text_anchor="middle", class_="drawing-label")


def _site(
    number: int, at: Point, size: float, step: float, on_sites: Mapping[str, Coupling]
) -> Element:
    text = at_place(on_sites, number)
    parts = [
        element("title", f"Site {number}" + (f": {text}" if text else "")),
        element("circle", cx=at[0], cy=at[1], r=size),
    ]
    if step >= LEAST_NUMBERED:
        parts.append(
            element("text", str(number), x=at[0], y=at[1] + 3.8, font_size=11, text_anchor="middle")
        )
    return element("g", *parts, class_="site")


def _bond_sheet(
    name: str, pairs: Sequence[tuple[int, int]], couplings: Mapping[str, Coupling]
) -> Sheet:
    return Sheet(
        name=name,
        head=("Site", "Site", "Coupling"),
        rows=tuple((i, j, at_place(couplings, k)) for k, (i, j) in enumerate(pairs)),
    )
