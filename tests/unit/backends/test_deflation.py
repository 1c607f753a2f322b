from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.schema import RunOptions
from backends.simulators.aer import AerBackend
from tests.contract.cases import ISING
from tests.unit.backends.conftest import H2
from tests.unit.backends.variational.searches import LIH, XXZ, asked, exact, run

LEVELS = ("energy", "energy_1", "energy_2", "gap")
HEISENBERG = {**XXZ, "sites": 4}


@pytest.mark.parametrize("system", [ISING, HEISENBERG])
def test_the_next_levels_of_spins_are_those_of_exact_diagonalization(
    system: dict[str, Any],
) -> None:
    # At 1 the exchange is isotropic: the first excited level is a triplet, which counts once.
    experiment = asked(system, [0.7, 1.0], observables=LEVELS)
    result = run(experiment)
    np.testing.assert_allclose(result.values, exact(experiment), rtol=0, atol=1e-6)
    assert max(row["overlap"] for row in result.raw) < 1e-6


@pytest.mark.parametrize("system", [H2, LIH])
def test_the_next_levels_of_molecules_are_those_of_full_ci(system: dict[str, Any]) -> None:
    experiment = asked(system, [1.5], observables=LEVELS, settings={"starts": 4})
    full = replace(experiment, method="fci", settings={})
    expected = PyscfBackend().submit(full, RunOptions(), token="t").values
    np.testing.assert_allclose(run(experiment).values, expected, rtol=0, atol=1e-4)


def test_a_sampled_gap_has_the_variances_of_both_levels() -> None:
    names = ("energy", "energy_1", "gap", "magnetisation_x")
    experiment = asked({**ISING, "sites": 2}, [1.2], observables=names)
    limit = run(experiment)
    gaps, errors = [], []
    for seed in range(30):
        seen = run(experiment, RunOptions(shots=500, seed=seed))
        energy, first, gap, _ = seen.values[0]
        assert gap == pytest.approx(first - energy)
        assert seen.std_errors[0, 2] == pytest.approx(np.hypot(*seen.std_errors[0, :2]))
        (block,) = seen.blocks
        lower, upper = seen.std_errors[0, :2] ** 2
        levels = [[lower, 0, -lower], [0, upper, upper], [-lower, upper, lower + upper]]
        np.testing.assert_allclose(block.covariance[:3, :3], levels, rtol=1e-9, atol=1e-15)
        gaps.append(gap)
        errors.append(seen.std_errors[0, 2])
    deviations = (np.array(gaps) - limit.values[0, 2]) / errors
    assert np.mean(deviations**2) == pytest.approx(1, abs=5 * np.sqrt(2 / 30))
    assert limit.mixed_values is not None
    assert limit.mixed_values[0, 2] == 0


def test_an_ansatz_that_cannot_reach_every_level_is_refused() -> None:
    for settings, field in (
        ({"ansatz": "hamiltonian_variational"}, "/settings/ansatz"),
        ({"optimizer": "spsa"}, "/settings/optimizer"),
    ):
        experiment = asked(ISING, [0.9], observables=("gap",), settings=settings)
        with pytest.raises(ProgramRejected, match="allowed: ") as rejected:
            AerBackend().check(experiment, RunOptions())
        assert rejected.value.field == field


def test_a_search_for_levels_that_does_not_converge_is_a_status() -> None:
    experiment = asked(ISING, [0.9, 1.1], observables=("gap",), settings={"iterations": 2})
    result = run(experiment)
    assert sorted(result.failures) == [0, 1]
