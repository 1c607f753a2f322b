"""A sum of Pauli words: qubits on a circle, joined where a word acts on both."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from backends.systems import PauliHamiltonian
from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.plane import Plane
from qtwin.drawing.sites import Point, circle

MOST_EDGES = 2_000
LEAST_NUMBERED = 26.0


def pauli_figure(system: PauliHamiltonian) -> Figure:
    """Which qubits the Hamiltonian joins, in the middle of the controls' ranges."""
    words = system.operators(system.middle)[0]["hamiltonian"].terms
    joined: dict[tuple[int, int], int] = defaultdict(int)
    for word in words:
        support = [q for q in range(system.qubits) if word.support >> q & 1]
        for pair in combinations(support, 2):
            joined[pair] += 1
    plane = Plane.around(circle(system.qubits), padding=30.0)
    at = [plane.at(place) for place in circle(system.qubits)]
    drawn = sorted(joined)[:MOST_EDGES]
    hidden = len(joined) - len(drawn)
    notes = ["A line joins two qubits that some word acts on together."]
    if hidden:
        notes.append(f"{hidden} of {len(joined)} pairs are not drawn.")
    return Figure(
        svg=picture(
            plane.width,
            plane.height,
            element("g", *(_edge(at, pair, joined[pair]) for pair in drawn)),
            element("g", *(_qubit(q, p, plane.step) for q, p in enumerate(at))),
            title=f"Pauli sum on {system.qubits} qubit{'s' if system.qubits > 1 else ''}",
            about=f"{len(joined)} pairs of qubits occur together in its words",
            class_="drawing-lattice",
        ),
        notes=tuple(notes),
        sheets=(
            Sheet(
                name="Pairs",
                head=("Qubit", "Qubit", "Words"),
                rows=tuple((i, j, joined[i, j]) for i, j in sorted(joined)),
            ),
        ),
    )


def _edge(at: list[Point], pair: tuple[int, int], words: int) -> Element:
    (x1, y1), (x2, y2) = at[pair[0]], at[pair[1]]
    title = element(
        "title", f"Qubits {pair[0]} and {pair[1]}: {words} word{'s' if words > 1 else ''}"
    )
    return element("path", title, d=f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}", class_="lattice-bond")


def _qubit(number: int, at: Point, step: float) -> Element:
    r = min(0.26 * step, 13.0)
    parts = [element("title", f"Qubit {number}"), element("circle", cx=at[0], cy=at[1], r=r)]
    if step >= LEAST_NUMBERED:
        parts.append(
            element("text", str(number), x=at[0], y=at[1] + 3.8, font_size=11, text_anchor="middle")
        )
    return element("g", *parts, class_="site")
