"""How a unit is written behind a number."""

from __future__ import annotations

PURE = frozenset({"", "1", "dimensionless"})
"""Units of pure numbers, which are not written."""


def unit_behind(unit: str) -> str:
    """`` hartree``; nothing behind a pure number."""
    return "" if unit in PURE else f" {unit}"
