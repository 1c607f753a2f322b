"""Chemical elements up to argon, in order of nuclear charge."""

from __future__ import annotations

ELEMENTS: tuple[str, ...] = tuple(
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar".split()  # noqa: SIM905 - reads as a table
)


def nuclear_charge(element: str) -> int:
    """Number of protons of an element of the table."""
    return ELEMENTS.index(element) + 1
