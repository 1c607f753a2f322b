"""Ansätze of spins and of the Hubbard model against exact diagonalization."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.contract.cases import ISING
from tests.unit.backends.variational.searches import (
    BELOW,
    RING,
    XXZ,
    asked,
    energies,
    exact,
    prepared,
    run,
)


@pytest.mark.parametrize("sites", [6, 8])
def test_half_as_many_layers_as_sites_are_exact_for_critical_rings(sites: int) -> None:
    experiment = asked({**RING, "sites": sites}, [0.8, 1.0, 1.3])
    program = prepared(experiment)
    assert program.facts["ansatz"] == "hamiltonian_variational"
    found = energies(experiment, program)
    assert found[1] == pytest.approx(-2 / np.sin(np.pi / (2 * sites)), abs=1e-6)
    errors = found - exact(experiment)[:, 0]
    assert np.all(errors > -BELOW)
    assert np.all(errors < 1e-6)


@pytest.mark.parametrize(
    ("system", "limit"),
    [
        ({**ISING, "sites": 6}, 1e-5),
        (XXZ, 1e-5),
        (XXZ | {"model": "j1j2", "parameters": {"j2": "field"}}, 0.2),
    ],
)
def test_spins_are_found_by_layers_of_their_hamiltonian(
    system: dict[str, Any], limit: float
) -> None:
    experiment = asked(system, [0.5, 1.0])
    errors = energies(experiment, prepared(experiment)) - exact(experiment)[:, 0]
    assert np.all(errors > -BELOW)
    assert np.all(errors < limit)


HUBBARD: dict[str, Any] = {
    "kind": "fermi_hubbard",
    "schema_version": 1,
    "geometry": "chain",
    "sites": 2,
    "electrons": [1, 1],
    "parameters": {"U": "field"},
    "controls": ISING["controls"],
}


def test_the_hubbard_dimer_has_its_closed_form() -> None:
    points = np.array([0.5, 1.0, 2.4])
    result = run(asked(HUBBARD, points.tolist(), observables=("energy", "energy_1")))
    root = np.sqrt(points**2 + 16)
    np.testing.assert_allclose(result.values[:, 0], (points - root) / 2, rtol=0, atol=1e-8)
    np.testing.assert_allclose(result.values[:, 1], 0, atol=1e-8)


def test_four_sites_of_hubbard_are_within_a_thousandth_and_never_below() -> None:
    experiment = asked({**HUBBARD, "sites": 4, "electrons": [2, 2]}, [0.5, 2.0])
    errors = energies(experiment, prepared(experiment)) - exact(experiment)[:, 0]
    assert np.all(errors > -BELOW)
    assert np.all(errors < 1e-3)


def test_a_hamiltonian_without_a_natural_start_takes_the_hardware_efficient_ansatz() -> None:
    free = {key: value for key, value in HUBBARD.items() if key != "electrons"}
    experiment = asked(free, [1.5])
    program = prepared(experiment)
    assert program.facts["ansatz"] == "hardware_efficient"
    error = energies(experiment, program) - exact(experiment)[:, 0]
    assert -BELOW < error[0] < 1e-6
