"""One gate in SVG: boxes on its targets, dots on its controls, and a line between them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from qtwin.drawing.circuit.operation import Operation
from qtwin.drawing.element import Element, element

PITCH, BOX, DOT = 34.0, 26.0, 4.0
NARROW, LETTER, SMALL = 26.0, 7.4, 5.6
"""Least width of a box, and width of a letter in it and of one of its angle."""
GAP = 14.0
LONGEST = 16
"""Letters of a name or an angle that are written out; the rest is in the gate's title."""
NAMES = {"sdg": "S†", "tdg": "T†", "sx": "√X", "sxdg": "√X†", "id": "I", "rzz": "ZZ", "rxx": "XX",
         "ryy": "YY", "measure": "M"}  # fmt: skip


def label(one: Operation) -> str:
    """What stands in its box."""
    name = NAMES.get(one.name, one.name.upper() if len(one.name) <= 3 else one.name)
    return _cut(name)


def width(one: Operation) -> float:
    """Of its box, px."""
    if one.name == "swap" or (one.name == "x" and one.controls):
        return NARROW
    return max(NARROW, LETTER * len(label(one)) + 10, SMALL * len(_cut(one.angle)) + 10)


def said(one: Operation) -> str:
    """The gate in words: ``RZ(π/4) on qubit 3, controlled by 1``."""
    angle = f"({one.angle})" if one.angle else ""
    text = f"{one.name}{angle} on {', '.join(map(str, one.targets))}" if one.targets else one.name
    controls = [f"{qubit}{'' if positive else ' (on 0)'}" for qubit, positive in one.controls]
    return f"{text}, controlled by {', '.join(controls)}" if controls else text


def gate(one: Operation, x: float, row: Mapping[int, int]) -> Element:
    """The gate with its middle at ``x``.

    Args:
        row: Of each qubit, the wire that it is drawn on.
    """
    rows = sorted(row[qubit] for qubit in one.qubits)
    parts = [element("title", said(one))]
    if len(rows) > 1:
        top, bottom = _y(rows[0]), _y(rows[-1])
        parts.append(element("line", x1=x, y1=top, x2=x, y2=bottom, class_="joint"))
    for qubit, positive in one.controls:
        kind = "dot" if positive else "dot open"
        parts.append(element("circle", cx=x, cy=_y(row[qubit]), r=DOT, class_=kind))
    parts += _targets(one, x, sorted(row[qubit] for qubit in one.targets))
    return element("g", *parts, class_=f"gate {_kind(one)}")


def _targets(one: Operation, x: float, rows: list[int]) -> list[Element]:
    if one.name == "swap":
        return [_cross(x, _y(at)) for at in rows]
    if one.name == "x" and one.controls:
        return [_plus(x, _y(at)) for at in rows]
    if one.name == "z" and one.controls:
        return [element("circle", cx=x, cy=_y(at), r=DOT, class_="dot") for at in rows]
    if len(rows) > 1 and all(b - a == 1 for a, b in pairwise(rows)):
        return _box(one, x, _y(rows[0]), _y(rows[-1]))
    return [shape for at in rows for shape in _box(one, x, _y(at), _y(at))]


def _box(one: Operation, x: float, top: float, bottom: float) -> list[Element]:
    wide, y = width(one), (top + bottom) / 2
    shapes = [
        element(
            "rect", x=x - wide / 2, y=top - BOX / 2, width=wide, height=bottom - top + BOX, rx=3,
            class_="box",
        ),
        element("text", label(one), x=x, y=y + (-1 if one.angle else 4), text_anchor="middle"),
    ]  # fmt: skip
    if one.angle:
        shapes.append(
            element("text", _cut(one.angle), x=x, y=y + 10, text_anchor="middle", class_="angle")
        )
    return shapes


def _plus(x: float, y: float) -> Element:
    path = f"M{x - 9:.1f} {y:.1f}h18M{x:.1f} {y - 9:.1f}v18"
    return element(
        "g",
        element("circle", cx=x, cy=y, r=9, class_="not"),
        element("path", d=path),
        class_="plus",
    )


def _cross(x: float, y: float) -> Element:
    path = f"M{x - 6:.1f} {y - 6:.1f}l12 12M{x - 6:.1f} {y + 6:.1f}l12 -12"
    return element("path", d=path, class_="cross")


def _y(row: int) -> float:
    return PITCH * (row + 0.5)


def _kind(one: Operation) -> str:
    if one.name == "measure":
        return "measured"
    return "turned" if one.angle else "fixed"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
