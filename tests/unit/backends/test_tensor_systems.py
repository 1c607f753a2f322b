"""Every kind of system by matrix product states, against exact solvers and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import RunOptions
from tests.unit.backends.conftest import H2
from tests.unit.backends.test_tensor import chain, experiment, quench, run

OWN = [{"name": "p", "bitstring": "110100"}, {"name": "zz", "pauli": {"ZIIZII": 0.5, "Y0 Y3": 2.0}}]


def hubbard(electrons: list[int], **fields: Any) -> dict[str, Any]:
    return {
        "kind": "fermi_hubbard",
        "schema_version": 1,
        "geometry": "chain",
        "sites": 4,
        "parameters": {"U": "field"},
        "electrons": electrons,
        "controls": [
            {"name": "field", "label": "U", "unit": "dimensionless", "lower": 0, "upper": 9}
        ],
    } | fields


def test_a_hubbard_chain_with_fixed_electrons_agrees_with_exact_diagonalization() -> None:
    names = ("energy", "double_occupancy")
    system = hubbard([2, 2])
    found = run(experiment(system, *names, at=(4.0,), chi=16))
    exact = run(experiment(system, *names, at=(4.0,), method="ed"), backend="exact")
    np.testing.assert_allclose(found.values, exact.values, atol=1e-8)


def test_a_hamiltonian_that_changes_a_fixed_number_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from backends.systems.spin_lattice import SpinLattice

    monkeypatch.setattr(SpinLattice, "sector", ((0b111, 1),))
    with pytest.raises(ProgramRejected, match="changes a number") as rejected:
        registry.get("tenpy").check(experiment(chain(3), "energy"), RunOptions())
    assert rejected.value.field == "/system"
    conserving = chain(3, model="xxz", parameters={"hz": "field"})
    registry.get("tenpy").check(experiment(conserving, "energy"), RunOptions())


def test_bit_strings_and_words_of_ground_states_agree_with_exact_diagonalization() -> None:
    system = chain(6, parameters={"hx": "field", "hz": [0.3, -0.2, 0.5, 0.1, -0.7, 0.4]})
    system["observables"] = OWN
    names = ("p", "zz", "entanglement_entropy")
    found = run(experiment(system, *names))
    exact = run(experiment(system, *names, method="ed"), backend="exact")
    assert exact.values.min() > 1e-4
    np.testing.assert_allclose(found.values, exact.values, atol=1e-8)


def test_bit_strings_and_words_of_evolved_states_agree_with_exact_evolution() -> None:
    system = quench(6, "01+0-1", observables=OWN)
    names = ("p", "zz", "entanglement_entropy")
    found = run(experiment(system, *names, at=(0.7,), method="tebd"))
    exact = run(experiment(system, *names, at=(0.7,), method="evolution"), backend="exact")
    assert np.abs(exact.values).min() > 1e-3
    np.testing.assert_allclose(found.values, exact.values, atol=1e-6)


def test_a_quenched_xx_chain_is_one_of_free_fermions() -> None:
    """``J (XX + YY)`` hops with ``2 J``; the entropy is that of the occupations of one half.

    Peschel, J. Phys. A 36, L205 (2003).
    """
    sites, strength, times = 10, 0.5, (2.0, 1.0)
    system = quench(
        sites, "01" * (sites // 2), model="xxz", parameters={"J": strength, "delta": 0.0}
    )
    system["observables"] = [
        {"name": "first", "pauli": {"Z0": 1.0}},
        {"name": "middle", "pauli": {"Z4 Z5": 1.0}},
    ]
    names = ("first", "middle", "entanglement_entropy")
    found = run(experiment(system, *names, at=times, chi=16, method="tebd"))
    hops = 2 * strength * (np.eye(sites, k=1) + np.eye(sites, k=-1))
    expected = []
    for time in times:
        moved = expm(-1j * hops * time)[:, 0::2]  # qubits 0, 2, ... are ones at the start
        pairs = moved @ moved.conj().T
        signs = 1 - 2 * np.diag(pairs).real
        half = np.linalg.eigvalsh(pairs[: sites // 2, : sites // 2])
        parts = np.concatenate([half, 1 - half]).clip(1e-300)
        expected.append(
            [signs[0], signs[4] * signs[5] - 4 * abs(pairs[4, 5]) ** 2, -parts @ np.log(parts)]
        )
    assert found.truncation_errors is not None
    lost = np.abs(found.values - expected)
    assert lost[1].max() < 1e-4
    assert lost.max() < 0.02
    assert (lost <= 2 * found.truncation_errors + 1e-6).all()


@pytest.mark.parametrize("spacing", [5.2, 7.0])
def test_rydberg_atoms_with_all_pairs_agree_with_exact_diagonalization(spacing: float) -> None:
    system = {
        "kind": "rydberg_array",
        "schema_version": 1,
        "geometry": "square",
        "atoms": [2, 3],
        "spacing": "spacing",
        "rabi": 5.0,
        "detuning": 12.0,
        "controls": [
            {"name": "spacing", "label": "Spacing", "unit": "um", "lower": 5.0, "upper": 10.0}
        ],
    }
    names = ("energy", "density", "entanglement_entropy")
    found = run(experiment(system, *names, at=(spacing,)))
    exact = run(experiment(system, *names, at=(spacing,), method="ed"), backend="exact")
    np.testing.assert_allclose(found.values, exact.values, atol=1e-6)


@pytest.mark.parametrize("chi", [pytest.param(2, marks=pytest.mark.slow), 5])
def test_stretched_nitrogen_is_as_far_from_full_configuration_interaction_as_said(
    chi: int,
) -> None:
    """At 2 the sweeps discard nothing and still miss most of the correlation."""
    nitrogen = H2 | {
        "atoms": [one | {"element": "N"} for one in H2["atoms"]],
        "active_space": {"electrons": 4, "orbitals": 4},
    }
    found = run(experiment(nitrogen, "energy", at=(1.6,), chi=chi))
    exact = run(experiment(nitrogen, "energy", at=(1.6,), method="fci"), backend="pyscf")
    lost = (found.values - exact.values).item()
    assert found.truncation_errors is not None
    error = found.truncation_errors.item()
    assert 1e-3 < lost < 3 * error
    if chi == 5:  # twice that holds the state
        assert lost == pytest.approx(error, abs=1e-8)
