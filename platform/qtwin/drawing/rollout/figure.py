"""A rollout: the sites, how excited each was over time, the controls, and the goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qtwin.drawing.element import Element, element
from qtwin.drawing.figure import Figure, Sheet
from qtwin.drawing.plot.panel import Line, Panel
from qtwin.drawing.plot.span import Span
from qtwin.drawing.plot.stack import scrub_model, stack
from qtwin.drawing.rollout.physics import physics
from qtwin.drawing.rollout.sites import Sites, sites_of
from qtwin.drawing.settings import SYMBOLS

MOST_PLACES = 121
"""Times that are drawn; of more, every so many and the last."""
CONTROL, GOAL, ROW = 66.0, 90.0, 13.0
SKY = 10.0
"""Free room above the sites that is cut off, px."""
SCALE = 1.35
"""How much larger than on a phone the sites are drawn at most."""
NAMES = {"rabi": "Rabi frequency Ω", "detuning": "Detuning Δ", "hx": "Transverse field", "j": "J"}
EXCITED = {
    "atom": "Probability of each atom in its Rydberg state",
    "spin": "Probability of 1 at each spin",
    "qubit": "Probability of 1 at each qubit",
}


def rollout_figure(
    document: Mapping[str, Any], system: Mapping[str, Any], *, goal: str = "Goal"
) -> Figure:
    """One episode; no picture of an empty one.

    Args:
        document: With ``times`` in µs, ``controls``, ``units``, ``densities`` and ``value``.
        system: The world's system document, for the places of its sites.
        goal: What ``value`` is called.
    """
    times = [float(time) for time in document.get("times", ())]
    if len(times) < 2:
        return Figure(svg=None)
    rows = _kept(len(times))
    times = [times[row] for row in rows]
    densities = [document["densities"][row] for row in rows] if document.get("densities") else []
    panels = [*_map(densities, system), *_controls(document, rows), *_goal(document, rows, goal)]
    x = Span(low=times[0], high=times[-1])
    unit = _time_unit(document)
    sites = sites_of(system, len(densities[0])) if densities else None
    above, top = _above(sites, densities)
    return Figure(
        svg=stack(
            panels,
            times,
            x=x,
            x_name=f"Time / {unit}" if unit else "Time",
            about=_about(times, document, goal),
            above=above,
            top=top,
        ),
        sheets=(_sheet(document, rows, goal, sites),),
        model={
            **scrub_model(panels, times, x=x, top=top),
            "axis": "t",
            "unit": unit,
            "densities": [[round(p, 4) for p in row] for row in densities],
            "word": sites.word if sites else "",
        },
    )


def _kept(count: int) -> list[int]:
    step = -(-(count - 1) // (MOST_PLACES - 1))
    return sorted({*range(0, count, step), count - 1})


def _above(
    sites: Sites | None, densities: Sequence[Sequence[float]]
) -> tuple[list[Element], float]:
    if sites is None:
        return [], 0.0
    drawn = physics(sites, densities[-1])
    deep = (drawn.height - SKY) * SCALE
    scene = element(
        "svg",
        *drawn.elements,
        x=0,
        y=0,
        width="100%",
        height=deep,
        viewBox=f"0 {SKY:g} {drawn.width:.0f} {drawn.height - SKY:.0f}",
        preserveAspectRatio="xMidYMid meet",
        class_="scene",
    )
    return [scene], deep + 8


def _map(densities: Sequence[Sequence[float]], system: Mapping[str, Any]) -> list[Panel]:
    if not densities:
        return []
    sites = sites_of(system, len(densities[0]))
    rows = [list(column) for column in zip(*densities, strict=True)]
    height = min(ROW * len(rows), 180.0)
    return [Panel(name=EXCITED[sites.kind], height=height, rows=rows)]


def _controls(document: Mapping[str, Any], rows: Sequence[int]) -> list[Panel]:
    found = []
    for number, (name, values) in enumerate(document.get("controls", {}).items()):
        kept = [float(values[row]) for row in rows]
        found.append(
            Panel(
                name=_named(name, document),
                height=CONTROL,
                y=Span.over([0.0, *kept], room=0.06),
                lines=(
                    Line(
                        name=_short(name),
                        values=kept,
                        series=number % 8,
                        unit=_symbol(name, document),
                    ),
                ),
            )
        )
    return found


def _goal(document: Mapping[str, Any], rows: Sequence[int], goal: str) -> list[Panel]:
    values = _values(document)
    if len(values) <= max(rows):
        return []
    kept = [float(values[row]) for row in rows]
    within = all(-1e-6 <= value <= 1 + 1e-6 for value in kept)
    y = Span(low=0.0, high=1.0) if within else Span.over(kept, room=0.06)
    line = Line(name=goal, values=kept, series=2)
    return [Panel(name=goal, height=GOAL, y=y, lines=(line,))]


def _symbol(name: str, document: Mapping[str, Any]) -> str:
    unit = str(document.get("units", {}).get(name, ""))
    return SYMBOLS.get(unit, "" if unit in {"", "dimensionless"} else unit)


def _named(name: str, document: Mapping[str, Any]) -> str:
    symbol = _symbol(name, document)
    words = NAMES.get(name, name.replace("_", " ").capitalize())
    return f"{words} / {symbol}" if symbol else words


def _short(name: str) -> str:
    return {"rabi": "Ω", "detuning": "Δ"}.get(name, name.replace("_", " "))


def _about(times: Sequence[float], document: Mapping[str, Any], goal: str) -> str:
    values = _values(document)
    end = f"; {goal.lower()} ends at {values[-1]:.3g}" if values else ""
    return f"An episode of {times[-1]:.4g} {_time_unit(document)}".rstrip() + end


def _values(document: Mapping[str, Any]) -> Sequence[float]:
    """Of the goal at each time; none where it is known at the end alone."""
    values = document.get("value")
    return values if isinstance(values, list) else ()


def _time_unit(document: Mapping[str, Any]) -> str:
    """Microseconds where the document does not say."""
    return _symbol("time", {"units": {"time": "us", **document.get("units", {})}})


def _sheet(
    document: Mapping[str, Any], rows: Sequence[int], goal: str, sites: Sites | None
) -> Sheet:
    controls, values = document.get("controls", {}), _values(document)
    densities = document.get("densities") or ()
    word = sites.word if sites else ""
    count = len(sites.places) if sites else 0
    unit = _time_unit(document)
    head = [f"Time / {unit}" if unit else "Time", *(_named(name, document) for name in controls)]
    head += [goal] if values else []
    head += [f"{word} {number}" for number in range(count)]
    made = [
        (
            round(float(document["times"][row]), 6),
            *(round(float(column[row]), 6) for column in controls.values()),
            *((round(float(values[row]), 6),) if values else ()),
            *(round(float(p), 4) for p in (densities[row] if densities else ())),
        )
        for row in rows
    ]
    return Sheet(name="Rollout", head=tuple(head), rows=tuple(made))
