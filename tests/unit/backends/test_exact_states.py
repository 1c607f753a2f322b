"""Ground, thermal and evolved states against closed forms and dense matrices made here."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from backends import systems
from backends.classical import evolution
from backends.errors import ProgramRejected
from backends.systems.lattice import Lattice
from tests.unit.backends.asking import control, run, solve, spins
from tests.unit.backends.dense import dense, product_vector


def spread(letters: str, sites: int, first: int) -> str:
    label = ["I"] * sites
    for step, letter in enumerate(letters):
        label[sites - 1 - (first + step) % sites] = letter
    return "".join(label)


def ising_matrix(sites: int, hx: float, hz: float) -> np.ndarray[Any, Any]:
    terms: dict[str, complex] = {spread("ZZ", sites, q): -1.0 for q in range(sites - 1)}
    terms |= {spread("X", sites, q): -hx for q in range(sites)}
    terms |= {spread("Z", sites, q): -hz for q in range(sites)}
    return dense(terms)


@pytest.mark.parametrize(
    ("geometry", "sites", "energy"),
    [
        ("chain", 2, -0.75), ("chain", 3, -1.0), ("chain", 4, -1.616025), ("chain", 6, -2.493577),
        ("chain", 8, -3.374932), ("chain", 10, -4.258035), ("chain", 12, -5.142091),
        ("ring", 4, -2.0), ("ring", 6, -2.802776), ("ring", 8, -3.651093),
        ("ring", 10, -4.515446), ("ring", 12, -5.387391),
    ],
)  # fmt: skip
def test_heisenberg_energies_are_the_published_ones(
    geometry: str, sites: int, energy: float
) -> None:
    """In spin operators, as in Bonner and Fisher, Phys. Rev. 135, A640 (1964)."""
    found = solve(spins("heisenberg", sites, geometry), [[]], "energy")[0, 0]
    assert found / 4 == pytest.approx(energy, abs=2e-6)


def bethe(sites: int) -> float:
    """Ground energy of a Heisenberg ring in spin operators by the Bethe ansatz.

    ``N phi(z_i) = 2 pi I_i + sum_j phi((z_i - z_j) / 2)`` with ``phi(z) = 2 arctan z``, and
    ``E = N / 4 - sum_i 2 / (1 + z_i^2)``: Karbach, Hu and Muller, arXiv:cond-mat/9809163. On
    an odd ring one of the numbers ``I`` is left out.
    """
    flipped = sites // 2
    most = (sites - flipped - 1) / 2
    numbers = np.arange(-most, most + 0.5)
    energies = []
    for kept in combinations(numbers, flipped):
        z = np.zeros(flipped)
        for _ in range(2000):
            phases = 2 * np.arctan((z[:, None] - z) / 2)
            z = np.tan((np.pi * np.array(kept) + phases.sum(axis=1) / 2) / sites)
        energies.append(sites / 4 - np.sum(2 / (1 + z**2)))
    return float(min(energies))


@pytest.mark.parametrize("sites", range(3, 13))
def test_heisenberg_rings_are_solved_by_the_bethe_ansatz(sites: int) -> None:
    found = solve(spins("heisenberg", sites, "ring"), [[]], "energy")[0, 0]
    assert found / 4 == pytest.approx(bethe(sites), abs=1e-9)


def test_excited_levels_of_the_ising_chain_are_its_quasiparticles() -> None:
    sites, field = 7, 1.3
    coupling = np.diag(np.full(sites, 2.0 * field)) + np.diag(np.full(sites - 1, -2.0), 1)
    modes = np.sort(np.linalg.svd(coupling, compute_uv=False))
    found = solve(
        spins("ising", sites, parameters={"hx": field}), [[]], "energy", "energy_1", "energy_2"
    )[0]
    ground = -modes.sum() / 2
    np.testing.assert_allclose(found, [ground, ground + modes[0], ground + modes[1]], atol=1e-9)


def test_a_singlet_has_one_bit_of_entanglement_and_a_degenerate_ground_none_to_give() -> None:
    assert solve(spins("heisenberg", 2), [[]], "entanglement_entropy")[0, 0] == pytest.approx(
        np.log(2)
    )
    classical = solve(spins("ising", 4, parameters={"hz": 0.1}), [[]], "entanglement_entropy")
    assert classical[0, 0] == pytest.approx(0.0, abs=1e-12)
    system = spins("ising", 4, parameters={"hz": "h"}, controls=[control("h")])
    result = run(system, [[0.1], [0.0], [0.2]], "energy", "entanglement_entropy")
    assert list(result.failures) == [1]
    assert "degenerate" in result.failures[1]
    np.testing.assert_array_equal(np.isnan(result.values).any(axis=1), [False, True, False])


def test_a_degenerate_classical_ground_space_is_averaged() -> None:
    """Six of the eight states of an antiferromagnetic triangle are ground states."""
    triangle = spins("ising", 3, "ring", parameters={"J": -1.0})
    names = ("energy", "gap", "correlation_zz", "magnetisation_squared")
    np.testing.assert_allclose(solve(triangle, [[]], *names)[0], [-1, 4, -1 / 3, 1 / 9], atol=1e-12)


def test_thermal_averages_are_those_of_the_density_matrix() -> None:
    system = spins(
        "ising", 4, parameters={"hx": 0.8, "hz": 0.3},
        controls=[control("T", 0.05, 20.0)], state={"kind": "thermal", "temperature": "T"},
    )  # fmt: skip
    hamiltonian = ising_matrix(4, 0.8, 0.3)
    temperatures = [[0.3], [1.0], [7.0]]
    found = solve(system, temperatures, "energy", "free_energy", "heat_capacity", "magnetisation_x")
    along_x = dense({spread("X", 4, q): 0.25 for q in range(4)})
    for (temperature,), row in zip(temperatures, found, strict=True):
        rho = expm(-hamiltonian / temperature)
        z = np.trace(rho).real
        energy, squared, along = (
            np.trace(rho @ m).real / z for m in (hamiltonian, hamiltonian @ hamiltonian, along_x)
        )
        heat = (squared - energy**2) / temperature**2
        wanted = [energy, -temperature * np.log(z), heat, along]
        np.testing.assert_allclose(row, wanted, rtol=1e-9)
    assert np.isfinite(solve(system, [[0.05]], "free_energy")).all()


@pytest.mark.parametrize("limit", [512, 1])
@pytest.mark.parametrize("initial", ["0000", "0+-1"])
def test_a_quench_is_the_matrix_exponential(
    monkeypatch: pytest.MonkeyPatch, limit: int, initial: str
) -> None:
    monkeypatch.setattr(evolution, "MAX_DENSE", limit)
    system = spins(
        "ising", 4, parameters={"hx": "h", "hz": 0.3}, controls=[control("h"), control("t")],
        state={"kind": "evolved", "initial": initial, "time": "t"},
    )  # fmt: skip
    points = [[0.9, 1.7], [0.9, 0.0], [0.4, 5.0], [0.9, 0.6]]
    names = ("energy", "magnetisation_z", "correlation_xx", "return_probability")
    found = solve(system, points, *names, "entanglement_entropy", method="evolution")
    start = product_vector(initial)
    along_z = dense({spread("Z", 4, q): 0.25 for q in range(4)})
    bonds = dense({spread("XX", 4, q): 1 / 3 for q in range(3)})
    for (field, time), row in zip(points, found, strict=True):
        hamiltonian = ising_matrix(4, field, 0.3)
        state = expm(-1j * time * hamiltonian) @ start
        wanted = [np.vdot(state, m @ state).real for m in (hamiltonian, along_z, bonds)]
        np.testing.assert_allclose(row[:3], wanted, atol=1e-9)
        assert row[3] == pytest.approx(abs(np.vdot(start, state)) ** 2, abs=1e-9)
        # Qubits 0 and 1 are the last two of the four axes.
        rho = np.einsum("abcd,abef->cdef", state.reshape([2] * 4), state.conj().reshape([2] * 4))
        weights = np.linalg.eigvalsh(rho.reshape(4, 4))
        weights = weights[weights > 1e-15]
        assert row[4] == pytest.approx(-np.sum(weights * np.log(weights)), abs=1e-7)


def test_the_magnetisation_of_an_xxz_quench_is_conserved() -> None:
    system = spins("xxz", 11, state={"kind": "evolved", "initial": "01" * 5 + "1", "time": 3.0})
    energy, along, returned = solve(
        system, [[]], "energy", "magnetisation_z", "return_probability", method="evolution"
    )[0]
    assert along == pytest.approx(-1 / 11, abs=1e-12)
    assert energy == pytest.approx(-8.0, abs=1e-9)
    assert 0 < returned < 0.5


def test_disorder_is_a_list_of_numbers_that_a_seed_gives() -> None:
    wild = spins("ising", 4, parameters={"hx": 1.0}, disorder={"hx": {"width": "w", "seed": 3}},
                 controls=[control("w")])  # fmt: skip
    still, moved = solve(wild, [[0.0], [0.5]], "energy")[:, 0]
    assert still == solve(spins("ising", 4, parameters={"hx": 1.0}), [[]], "energy")[0, 0]
    loaded = systems.load(wild)
    assert isinstance(loaded, systems.SpinLattice)
    fields = (1.0 + 0.5 * loaded.couplings["hx"].draws()).tolist()
    listed = solve(spins("ising", 4, parameters={"hx": fields}), [[]], "energy")[0, 0]
    assert moved == pytest.approx(listed, abs=1e-12)
    assert 0.5 <= min(fields) < max(fields) <= 1.5
    assert len(set(fields)) == 4
    assert loaded.to_dict() == wild


def test_couplings_are_expressions_and_a_point_where_one_is_not_finite_is_refused() -> None:
    system = spins("ising", 3, parameters={"hx": ["1/g", 0.5, "g**2"]}, controls=[control("g")])
    listed = spins("ising", 3, parameters={"hx": [0.5, 0.5, 4.0]})
    assert solve(system, [[2.0]], "energy") == pytest.approx(solve(listed, [[]], "energy"))
    with pytest.raises(ProgramRejected, match="hx is not finite") as refused:
        solve(system, [[1.0], [0.0]], "energy")
    assert refused.value.field == "/points/1"


def test_a_method_is_refused_for_a_state_that_it_does_not_find() -> None:
    quench = spins("ising", 3, state={"kind": "evolved", "initial": "000", "time": 1})
    with pytest.raises(ProgramRejected, match="allowed on exact: evolution"):
        solve(quench, [[]], "energy", method="ed")
    with pytest.raises(ProgramRejected, match="ed, mean_field"):
        solve(spins("ising", 3), [[]], "energy", method="evolution")
    hot = spins("ising", 14, state={"kind": "thermal", "temperature": 1})
    with pytest.raises(ProgramRejected, match="at most 12"):
        solve(hot, [[]], "energy")
    with pytest.raises(ProgramRejected, match="energy_1"):
        solve(spins("ising", 3), [[]], "energy", "energy_1", method="mean_field")


@pytest.mark.parametrize(
    ("lattice", "sites", "bonds"),
    [
        (Lattice("ladder", (6,)), 6, 7),
        (Lattice("ladder", (6,), periodic=True), 6, 9),
        (Lattice("square", (3, 4)), 12, 17),
        (Lattice("square", (3, 4), periodic=True), 12, 24),
        (Lattice("triangular", (3, 3)), 9, 16),
        (Lattice("triangular", (4, 4), periodic=True), 16, 48),
        (Lattice("heavy_hex", (3, 5)), 16, 16),
    ],
)
def test_lattices_have_the_bonds_of_their_geometry(
    lattice: Lattice, sites: int, bonds: int
) -> None:
    assert lattice.sites == sites
    assert len(lattice.bonds) == bonds
    assert {site for bond in lattice.bonds for site in bond} == set(range(sites))


def test_a_heavy_hex_of_seven_rows_is_an_ibm_eagle() -> None:
    fakes = pytest.importorskip("qiskit_ibm_runtime.fake_provider")
    edges = {tuple(sorted(edge)) for edge in fakes.FakeSherbrooke().coupling_map.get_edges()}
    assert set(Lattice("heavy_hex", (7, 15)).bonds) == edges
