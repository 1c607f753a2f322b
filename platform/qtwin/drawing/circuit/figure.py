"""A part of a circuit as SVG: its wires with their names, and the gates of some moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtwin.drawing.circuit.boxes import GAP, PITCH, gate, said, width
from qtwin.drawing.circuit.moments import Moment, Window, columns, moments, window
from qtwin.drawing.circuit.operation import Operation
from qtwin.drawing.element import Element, element, picture
from qtwin.drawing.figure import Figure, Sheet

EDGE = 12.0
ALL_WIRES = 16
"""Circuits up to this size show wires without gates too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitFigure:
    """A drawing of some moments, and what is known of the whole.

    Attributes:
        wires: The names of the wires alone, to stay in sight while the rest scrolls.
        idle: Wires that are not drawn since no gate is on them.
        gates: In the whole circuit.
    """

    figure: Figure
    wires: Element
    window: Window
    idle: int
    gates: int
    depth: int


def circuit_figure(
    operations: Sequence[Operation],
    qubits: int,
    *,
    title: str,
    first: int = 0,
    names: Sequence[str] = (),
) -> CircuitFigure:
    """Draw a circuit from a moment on, as far as a page can hold.

    Args:
        names: Of the wires; ``q0``, ``q1``, … by default.
    """
    found = moments(operations, qubits)
    part = window(found, first)
    used = {qubit for one in operations for qubit in one.qubits}
    drawn = [q for q in range(qubits) if q in used or qubits <= ALL_WIRES] or [0]
    row = {qubit: at for at, qubit in enumerate(drawn)}
    labels = [names[q] if names else f"q{q}" for q in drawn]
    margin = 7.5 * max(map(len, labels)) + 14
    shown = found[part.first : part.last]
    shapes, end = _gates(shown, margin + EDGE, row)
    height = PITCH * len(drawn)
    lines = (
        element("line", x1=margin, y1=y, x2=end, y2=y, class_="wire")
        for y in (PITCH * (at + 0.5) for at in range(len(drawn)))
    )
    count = sum(map(len, shown))
    svg = picture(
        end,
        height,
        element("g", *lines),
        element("g", *shapes),
        element("g", *_labels(labels, margin)),
        title=title,
        about=_about(part, len(drawn), count),
        class_="drawing-circuit",
    )
    return CircuitFigure(
        figure=Figure(svg=svg, sheets=(_sheet(shown, part),)),
        wires=_wires(labels, margin, height),
        window=part,
        idle=qubits - len(drawn),
        gates=len(operations),
        depth=len(found),
    )


def _gates(
    shown: Sequence[Moment], left: float, row: dict[int, int]
) -> tuple[list[Element], float]:
    """Shapes of all gates, and where they end."""
    shapes = []
    for moment in shown:
        for column in columns(moment):
            wide = max(map(width, column))
            shapes += [gate(one, left + wide / 2, row) for one in column]
            left += wide + GAP / 2
        left += GAP / 2
    return shapes, left + EDGE


def _labels(labels: Sequence[str], margin: float) -> list[Element]:
    return [
        element(
            "text", label, x=margin - 8, y=PITCH * (at + 0.5) + 4, text_anchor="end",
            class_="wire-name",
        )
        for at, label in enumerate(labels)
    ]  # fmt: skip


def _wires(labels: Sequence[str], margin: float, height: float) -> Element:
    return element(
        "svg",
        *_labels(labels, margin),
        viewBox=f"0 0 {margin:.2f} {height:.2f}",
        width=margin,
        height=height,
        class_="circuit-wires",
        aria_hidden="true",
    )


def _about(part: Window, wires: int, gates: int) -> str:
    if part.moments == 0:
        return "No gates"
    which = "all" if part.whole else f"{part.first + 1} to {part.last} of"
    return f"Moments {which} {part.moments}: {gates} gates on {wires} wires"


def _sheet(shown: Sequence[Moment], part: Window) -> Sheet:
    return Sheet(
        name="Gates",
        head=("Moment", "Gate", "Qubits", "Angle", "In words"),
        rows=tuple(
            (number, one.name, " ".join(map(str, one.qubits)), one.angle, said(one))
            for number, moment in enumerate(shown, part.first + 1)
            for one in moment
        ),
    )
