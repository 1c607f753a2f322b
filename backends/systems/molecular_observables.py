"""What can be asked of a molecule."""

from __future__ import annotations

from backends.systems.observable import ObservableSpec

ENERGY, FIRST, SECOND, GAP = "energy", "energy_1", "energy_2", "gap"
DIPOLE = "dipole_moment"
AXES = ("dipole_x", "dipole_y", "dipole_z")
DIPOLES = (DIPOLE, *AXES)

LEVELS = (FIRST, SECOND, GAP)
"""Observables of excited levels."""

_ENERGIES = (
    ObservableSpec(
        name=ENERGY,
        label="Ground-state energy (total: electronic + nuclear)",
        unit="hartree",
        variational=True,
    ),
    ObservableSpec(
        name=FIRST,
        label="Total energy of the first excited level of the same spin projection",
        unit="hartree",
    ),
    ObservableSpec(
        name=SECOND,
        label="Total energy of the second excited level of the same spin projection",
        unit="hartree",
    ),
    ObservableSpec(
        name=GAP,
        label="Gap to the first excited level of the same spin projection",
        unit="hartree",
        lower=0.0,
    ),
)
_MOMENTS = (
    ObservableSpec(
        name=DIPOLE,
        label="Dipole moment: magnitude, about the centre of nuclear charge",
        unit="debye",
        lower=0.0,
    ),
    *(
        ObservableSpec(
            name=name,
            label=f"Dipole moment along {name[-1]}, about the centre of nuclear charge",
            unit="debye",
        )
        for name in AXES
    ),
)


def specs(*, placed: bool) -> tuple[ObservableSpec, ...]:
    """Energies, and dipole moments where the atoms have places."""
    return _ENERGIES + (_MOMENTS if placed else ())
