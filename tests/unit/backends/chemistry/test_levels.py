"""Levels of a molecule against the whole matrix of its determinants and its qubits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pyscf import fci, mcscf

from backends.classical.exact import ExactBackend
from tests.unit.backends.chemistry.molecules import (
    BEH2,
    EXACT,
    H2O,
    LIH,
    OH,
    answer,
    experiment,
    mean_field,
    run,
)


def spectrum(field: Any, electrons: tuple[int, int]) -> np.ndarray:
    """All levels of one sector, from the whole matrix of determinants."""
    n = field.mo_coeff.shape[1]
    cas = mcscf.CASCI(field, n, electrons)
    one, constant = cas.get_h1eff()
    size = fci.cistring.num_strings(n, electrons[0]) * fci.cistring.num_strings(n, electrons[1])
    matrix = fci.direct_spin1.pspace(one, cas.get_h2eff(), n, electrons, np=size)[1]
    found: np.ndarray = np.linalg.eigvalsh(matrix) + constant
    return found


@pytest.mark.parametrize(
    ("atoms", "electrons", "changes"),
    [(LIH, (2, 2), {}), (BEH2, (3, 3), {}), (OH, (5, 4), {"spin": 1})],
)
def test_levels_are_the_different_ones_of_the_whole_matrix(
    atoms: str, electrons: tuple[int, int], changes: dict[str, Any]
) -> None:
    field = mean_field(atoms, restricted=True, spin=changes.get("spin", 0))
    levels = spectrum(field, electrons)
    different = levels[np.concatenate([[True], np.diff(levels) > 1e-6])][:3]
    first, second, third, gap = answer(
        atoms, "fci", "energy", "energy_1", "energy_2", "gap", **changes
    )
    np.testing.assert_allclose([first, second, third], different, rtol=0, atol=1e-8)
    assert gap == pytest.approx(different[1] - different[0], abs=1e-8)


@pytest.mark.parametrize(
    ("atoms", "changes"),
    [
        (LIH, {"mapping": "parity"}),
        (BEH2, {}),
        (OH, {"spin": 1, "frozen_core": True}),
        (H2O, {"active_space": {"electrons": 6, "orbitals": 5}}),
        ("H 0 0 0; He 0 0 0.8", {"charge": 1, "basis": "6-31g"}),
    ],
)
def test_the_qubit_hamiltonian_has_the_same_levels_and_dipole_moment(
    atoms: str, changes: dict[str, Any]
) -> None:
    names = ("energy", "energy_1", "energy_2", "gap", "dipole_z")
    wanted = experiment(atoms, "fci", *names, **changes)
    ours = run(wanted).values
    qubits = ExactBackend().submit(replace(wanted, method="ed"), EXACT, token="t")
    np.testing.assert_allclose(qubits.values[:, :4], ours[:, :4], rtol=0, atol=1e-8)
    np.testing.assert_allclose(qubits.values[:, 4], ours[:, 4], rtol=0, atol=1e-5)


@pytest.mark.parametrize("length", [2.4, 2.8, 3.4])
def test_a_broken_bond_has_its_lowest_level_though_four_spins_come_close(length: float) -> None:
    stretched = experiment(f"N 0 0 0; N 0 0 {length}", "fci", frozen_core=2)
    ours = run(stretched).values
    qubits = ExactBackend().submit(replace(stretched, method="ed"), EXACT, token="t")
    np.testing.assert_allclose(ours, qubits.values, rtol=0, atol=1e-7)


def test_the_ground_level_of_a_spin_projection_is_not_hidden_by_the_reference() -> None:
    oxygen = "O 0 0 0; O 0 0 1.2"
    singlet, triplet = answer(oxygen, "fci", spin=0), answer(oxygen, "fci", spin=2)
    assert singlet == pytest.approx(triplet, abs=1e-8)  # spin 0 counts electrons, not total spin


def test_a_level_that_does_not_exist_is_a_status() -> None:
    result = run(experiment("H 0 0 0; H 0 0 0.7", "fci", "energy", "energy_1", spin=2))
    assert result.failures == {0: "there are only 1 different levels"}
