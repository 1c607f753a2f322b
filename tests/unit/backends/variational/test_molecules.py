"""Ansätze of chemistry against full configuration interaction by PySCF."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.unit.backends.conftest import H2
from tests.unit.backends.variational.searches import (
    BELOW,
    H4,
    HELIUM_HYDRIDE,
    LIH,
    asked,
    energies,
    full,
    prepared,
)


@pytest.mark.parametrize("mapping", ["jordan_wigner", "parity", "bravyi_kitaev"])
@pytest.mark.parametrize(("system", "core", "points"), [(H4, 0, [0.8, 1.1]), (LIH, 1, [1.3, 2.2])])
def test_uccsd_is_within_a_millihartree_of_full_ci_and_never_below(
    system: dict[str, Any], core: int, points: list[float], mapping: str
) -> None:
    experiment = asked({**system, "mapping": mapping}, points)
    program = prepared(experiment)
    assert program.facts["ansatz"] == "uccsd"
    errors = energies(experiment, program) - [full(system, point, core) for point in points]
    assert np.all(errors > -BELOW)
    assert np.all(errors < 1e-3)


@pytest.mark.parametrize("document", [H2, HELIUM_HYDRIDE])
@pytest.mark.parametrize(
    "settings", [{"ansatz": "uccsd"}, {"ansatz": "pair", "layers": 1}, {"ansatz": "two_electron"}]
)
def test_every_chemical_ansatz_is_exact_for_two_electrons(
    document: dict[str, Any], settings: dict[str, Any]
) -> None:
    experiment = asked(document, [0.4, 0.735, 2.2], settings=settings)
    program = prepared(experiment)
    two = asked(document, [0.4, 0.735, 2.2])
    best = energies(two, prepared(two))
    np.testing.assert_allclose(energies(experiment, program), best, rtol=0, atol=1e-9)


def test_two_pair_layers_find_full_ci_of_four_hydrogens() -> None:
    experiment = asked(H4, [0.9], settings={"ansatz": "pair", "layers": 2})
    error = energies(experiment, prepared(experiment))[0] - full(H4, 0.9)
    assert -BELOW < error < 1e-4


def test_two_qubits_of_hydrogen_take_the_hardware_efficient_ansatz() -> None:
    document = {**H2, "mapping": "parity"}
    experiment = asked(document, [0.735], settings={"ansatz": "hardware_efficient", "layers": 1})
    assert energies(experiment, prepared(experiment))[0] == pytest.approx(full(H2, 0.735), abs=1e-8)
