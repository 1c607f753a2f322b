"""Lengths of time as people read them."""

from __future__ import annotations

from datetime import datetime

from qtwin.web.numbers import significant

STEPS = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


def duration(seconds: float) -> str:
    """``0.84 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``, ``3 d 4 h``."""
    if seconds < 9.5:
        return f"{significant(max(0.0, seconds), 2)} s"
    whole = round(seconds)
    for size, unit, part, part_unit in STEPS:
        if whole >= size:
            rest = whole % size // part
            return (
                f"{whole // size} {unit} {rest} {part_unit}" if rest else f"{whole // size} {unit}"
            )
    return f"{whole} s"


def between(start: datetime | None, end: datetime | None) -> str:
    """From one moment to another; empty where one of them is not known."""
    return "" if start is None or end is None else duration((end - start).total_seconds())
