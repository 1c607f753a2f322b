"""The pulse that drives an array of atoms: Rabi frequency and detuning against time."""

from __future__ import annotations

from backends.systems import RydbergArray
from qtwin.drawing.element import Element, element
from qtwin.drawing.figure import Sheet

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 172.0, 64.0, 44.0, 36.0, 30.0
NAMES = {"rabi": "Ω", "detuning": "Δ"}
Line = list[tuple[float, float]]
"""Times in µs and values in rad/µs; joined by straight lines."""


def lines(system: RydbergArray) -> dict[str, Line]:
    """Of each waveform of `NAMES`, in the middle of the controls' ranges; empty if static."""
    if not system.driven:
        return {}
    columns = system.columns(system.middle)
    tables = {name: system.pulse.waves[name].table(columns, 1) for name in NAMES}
    end = max(float(times[0].tolist()[-1]) for times, _ in tables.values())
    found = {}
    for name, (times, values) in tables.items():
        line = [*zip(times[0].tolist(), values[0].tolist(), strict=True)]
        found[name] = line if len(line) > 1 else [(0.0, line[0][1]), (end, line[0][1])]
    return found


def panel(found: dict[str, Line], top: float, width: float) -> list[Element]:
    """The lines in a panel of `HEIGHT` px below ``top``."""
    values = [value for line in found.values() for _, value in line]
    low, high = min(0.0, *values), max(0.0, *values)
    end = max(line[-1][0] for line in found.values())
    deep, wide = HEIGHT - TOP - BOTTOM, width - LEFT - RIGHT
    span = high - low or 1.0

    def at(time: float, value: float) -> tuple[float, float]:
        return LEFT + wide * time / end, top + TOP + deep * (high - value) / span

    _, zero = at(0.0, 0.0)
    shapes = [element("line", x1=LEFT, y1=zero, x2=LEFT + wide, y2=zero, class_="axis-line")]
    for value in sorted({low, 0.0, high}):
        _, y = at(0.0, value)
        shapes.append(_text(f"{value:.3g}".replace("-", "−"), LEFT - 8, y + 4, "end"))
    shapes.append(_text("0", LEFT, top + HEIGHT - 10, "middle"))
    shapes.append(_text(f"{end:.3g} µs", LEFT + wide, top + HEIGHT - 10, "middle"))
    shapes.append(_text("rad/µs", LEFT - 8, top + 18, "end"))
    for number, (name, line) in enumerate(found.items()):
        places = [at(time, value) for time, value in line]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        x, y = places[-1]
        shapes.append(element("path", d=f"M{path}", class_=f"pulse series-{number}"))
        shapes.append(_text(NAMES[name], x + 8, y + 4, "start"))
    return shapes


def sheet(found: dict[str, Line]) -> Sheet:
    """The corners of the lines."""
    return Sheet(
        name="Pulse",
        head=("Waveform", "Time / µs", "Value / rad/µs"),
        rows=tuple(
            (NAMES[n], round(t, 9), round(v, 9)) for n, line in found.items() for t, v in line
        ),
    )


def _text(text: str, x: float, y: float, anchor: str) -> Element:
    return element("text", text, x=x, y=y, text_anchor=anchor, class_="drawing-label")
