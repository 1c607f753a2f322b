"""Configurations: what noise gives and spoils, what is recovered, and how many are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends.methods.problem import problem
from backends.methods.sqd import configurations
from backends.methods.sqd.diagonalization import Diagonalization
from backends.methods.sqd.recovery import recovered, weight
from backends.systems import load
from tests.unit.backends.conftest import H2
from tests.unit.backends.sqd.sampling import H4, NEVER_BELOW, XXZ, energy, full_ci, run


@pytest.mark.parametrize("noise", [{"readout_error": 0.05}, {"depolarizing_1q": 0.05}])
def test_noise_without_shots_gives_every_configuration_that_it_reaches(noise: Any) -> None:
    """Six spins of XXZ keep three up, 20 basis states; noise gives all 64."""
    ideal, noisy = run(XXZ, 2.0), run(XXZ, 2.0, **noise)
    assert ideal.raw[0]["configurations"] == 20
    assert noisy.raw[0]["configurations"] == 64


def test_a_noisy_device_gives_configurations_and_not_its_error() -> None:
    exact = full_ci(H2, 0.7)
    raw = energy(H2, 0.7, method="vqe", backend="fake-ibm", shots=1000)
    for recovery in (0, 2):
        solved = energy(H2, 0.7, backend="fake-ibm", shots=1000, recovery=recovery)
        assert exact - NEVER_BELOW < solved < exact + 1e-6 < raw - 0.01


def test_recovery_finds_configurations_in_what_noise_has_spoiled() -> None:
    exact, noise = full_ci(H4, 1.5), {"readout_error": 0.1}
    plain, better = (
        [energy(H4, 1.5, shots=30, seed=seed, recovery=r, **noise) for seed in range(3)]
        for r in (0, 3)
    )
    assert min(plain + better) > exact - NEVER_BELOW
    assert np.mean(better) < np.mean(plain) - 0.01


def test_recovery_flips_what_the_occupations_call_for() -> None:
    sector = ((0b0111, 2), (0b111000, 1))
    states = np.full(4000, 0b011_111)
    occupations = np.array([0.99, 0.95, 0.06, 0.97, 0.02, 0.01])
    fixed = recovered(states, sector, occupations, np.random.default_rng(1))
    assert configurations.belongs(fixed, sector).all()
    # Of the two ones of spin down, one goes: with w(0.03) / (w(0.03) + w(0.98)) it is the first.
    w = weight(np.abs(np.array([[1 - 0.97, 1 - 0.02, 0.01]])), 1)[0]
    share = float(np.mean(fixed & 0b001_000 == 0))
    assert share == pytest.approx(w[0] / (w[0] + w[1]), abs=5 * np.sqrt(w[0] / 4000) + 1e-12)
    assert weight(np.array([[0.0, 0.5, 1.0]]), 1)[0] == pytest.approx([0, 0.01 + 0.99 / 4, 1.0])


def test_the_largest_subspace_can_be_limited() -> None:
    whole, half = run(H4, 1.5), run(H4, 1.5, max_configurations=9)
    assert (whole.raw[0]["configurations"], half.raw[0]["configurations"]) == (36, 9)
    assert half.values[0, 0] > whole.values[0, 0] + 1e-3
    spins = run(XXZ, 2.0, max_configurations=5)
    assert spins.raw[0]["configurations"] == 5


@pytest.mark.parametrize(
    ("states", "sector", "expected", "first"),
    [
        # Both spins have one electron in two orbitals: either string is one of both.
        ([0b10_01], ((0b0011, 1), (0b1100, 1)), [0b01_01, 0b01_10, 0b10_01, 0b10_10], 0b01_01),
        # Two electrons up and one down in three: strings stay with their spin.
        (
            [0b001_011, 0b010_101],
            ((0b000111, 2), (0b111000, 1)),
            [0b001_011, 0b001_101, 0b010_011, 0b010_101],
            0b010_101,
        ),
    ],
)
def test_strings_of_both_spins_are_combined(
    states: Any, sector: Any, expected: Any, first: int
) -> None:
    weights = np.arange(1, len(states) + 1)
    found = configurations.products(np.array(states), weights, sector, None)
    assert found.tolist() == expected
    assert configurations.products(np.array(states), weights, sector, 3).tolist() == [first]


def test_a_point_without_a_good_configuration_fails_alone() -> None:
    posed = problem(load(H2), np.array([[0.7]]), mapping="jordan_wigner")
    solver = Diagonalization(
        hamiltonians=[posed.operators[0]["energy"]],
        factors=[np.ones(1)],
        sector=posed.sector,
        combined=True,
        recovery=1,
        most=None,
    )
    with pytest.raises(Exception, match="no shot has the numbers"):
        solver.from_counts(0, {"1111": 7}, 1)
