from __future__ import annotations

import pytest
from pyscf import gto

from backends.systems.basis import BASES, core_orbitals, orbitals
from backends.systems.elements import ELEMENTS


@pytest.mark.parametrize("basis", BASES)
def test_the_sizes_of_a_basis_are_those_of_pyscf(basis: str) -> None:
    for element in ELEMENTS:
        size = orbitals(basis, element)
        if size:
            atom = gto.M(atom=[(element, (0, 0, 0))], basis=basis, spin=None, verbose=0)
            assert atom.nao == size, element


def test_the_core_of_an_atom_is_a_noble_gas() -> None:
    sizes = {element: core_orbitals(element) for element in ("He", "Li", "Ne", "Na", "Ar")}
    assert sizes == {"He": 0, "Li": 1, "Ne": 1, "Na": 5, "Ar": 5}
