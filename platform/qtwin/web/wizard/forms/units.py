"""Units of controls, and the ranges of those that are new."""

from __future__ import annotations

from typing import Any

from backends.systems.pauli_sum import TIMES

UNITS: dict[str, tuple[str, ...]] = {
    "molecule": ("angstrom", "degree", "radian"),
    "spin_lattice": ("dimensionless",),
    "fermi_hubbard": ("dimensionless",),
    "rydberg_array": ("um", "us", "rad/us", "rad", "dimensionless"),
    "parametric_circuit": ("rad", "dimensionless"),
    "pauli_sum": ("dimensionless", "angstrom", "um", "degree", "radian"),
}
"""Of controls, the likeliest first."""
RANGES: dict[str, tuple[float, float]] = {
    "angstrom": (0.5, 2.5),
    "degree": (60.0, 180.0),
    "radian": (0.0, 3.14),
    "rad": (-3.14, 3.14),
    "um": (5.0, 10.0),
    "us": (0.0, 3.0),
}
"""Of controls whose name is new, by their unit; 0 to 1 of the others."""


def units_of(document: dict[str, Any]) -> tuple[str, ...]:
    """Units that a control of the document may have."""
    units = UNITS[document["kind"]]
    energy = document.get("unit", "dimensionless")
    return tuple(dict.fromkeys((*units, energy, TIMES.get(energy, energy))))
