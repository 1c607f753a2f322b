"""Molecules against energies that other programs and papers have published, hartree."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

import pytest

from tests.unit.backends.chemistry.molecules import answer

BOHR = 0.529177210903


def line(element: str, *places: float) -> str:
    return "; ".join(f"{element} 0 0 {z}" for z in places)


def water(length: float, degrees: float) -> str:
    angle = degrees * pi / 180
    return f"O 0 0 0; H {length} 0 0; H {length * cos(angle)} {length * sin(angle)} 0"


# Grimsley, Claudino, Economou, Barnes and Mayhall, J. Chem. Theory Comput. 16, 1 (2020), as listed
# with the value of H4 in vqe/example_hamiltonians/README.md of github.com/pnnl/NWQ-Sim.
MINIMAL = [
    ("Li 0 0 0; H 0 0 3.4", -7.78949878516939),
    (line("H", 0, 1.5, 3.0, 4.5), -1.99615032551880),
    (line("H", 0, 1.8, 3.6, 5.4, 7.2, 9.0), -2.88756937438597),
    (line("H", 0, 2.2, 4.4, 6.6, 8.8, 11.0), -2.82434165111152),
    # OpenFermion's tests of UCCSD, which is exact for two electrons.
    (line("H", 0, 0.7414), -1.13727017463),
    # Psi4, by the tests of github.com/evangelistalab/forte: FCI of Li2 at 3 bohr and of water.
    (line("Li", 0, 3 * BOHR), -14.595808852754),
    (water(0.96, 104.5), -75.01315470154653),
    # Psi4, by tests/test017.py of github.com/jjgoings/McMurchie-Davidson.
    (
        "O 0 -0.075791844 0; H 0.866811829 0.601435779 0; H -0.866811829 0.601435779 0",
        -75.0129801827,
    ),
]


@pytest.mark.parametrize(("atoms", "energy"), MINIMAL)
def test_full_ci_in_the_minimal_basis(atoms: str, energy: float) -> None:
    assert answer(atoms, "fci") == pytest.approx([energy], abs=1e-8)


def test_nitrogen_in_six_active_orbitals() -> None:
    """Forte on Psi4's integrals, as kept in the tests of github.com/brianz98/td-ucc."""
    space: dict[str, Any] = {"active_electrons": 6, "active_orbitals": 6}
    found = answer(line("N", 0, 1.1), "casci", basis="6-31g", settings=space)
    assert found == pytest.approx([-108.947010693494], abs=1e-8)


def test_full_ci_of_nitrogen_is_just_below_unitary_coupled_cluster() -> None:
    """UCCSD of tests/pytest/srcc/test_uccsd_4.py of Forte bounds it from above."""
    published = -107.655681875111
    (energy,) = answer(line("N", 0, 1.3), "fci", frozen_core=2)
    assert published - 5e-3 < energy < published


def test_beryllium_hydride_on_its_way_to_insertion() -> None:
    """Hartree-Fock by Psi4, as kept in the CASSCF tests of Forte."""
    atoms = f"Be 0 0 0; H 0 {1.39 * BOHR} {2.5 * BOHR}; H 0 {-1.39 * BOHR} {2.5 * BOHR}"
    assert answer(atoms, "hf", basis="3-21g") == pytest.approx([-15.50490325102], abs=1e-8)
