"""At which values of its controls a system is drawn."""

from __future__ import annotations

from collections.abc import Collection

from backends.systems import System

SYMBOLS = {"angstrom": "Å", "um": "µm", "degree": "°", "us": "µs", "rad/us": "rad/µs"}


def where(system: System, moving: Collection[str]) -> str:
    """The sentence that says so, of the controls that move anything."""
    values = system.middle[0].tolist()
    said = [
        f"{control.label} {amount(value, control.unit)}"
        for control, value in zip(system.controls, values, strict=True)
        if control.name in moving
    ]
    return f"Drawn at {', '.join(said)}: the middle of the range{'s' if len(said) > 1 else ''}."


def amount(value: float, unit: str) -> str:
    """A value with its unit as people write it."""
    symbol = SYMBOLS.get(unit, "" if unit == "dimensionless" else unit)
    space = "" if symbol in {"", "°"} else " "
    return f"{value:.4g}{space}{symbol}".replace("-", "−")
