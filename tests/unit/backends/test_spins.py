"""Spin lattices against closed forms and an independent free-fermion solution."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.optimize import differential_evolution

from backends import systems
from backends.classical import basis, diagonalization, product_state
from backends.classical.exact import ExactBackend
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from backends.systems import SpinLattice
from backends.systems.pauli import PauliSum, PauliWord
from tests.thread_seconds import within

FIELD = {"name": "field", "label": "Field", "unit": "dimensionless", "lower": 0.0, "upper": 3.0}


def ising(sites: int, geometry: str = "chain", **parameters: Any) -> dict[str, Any]:
    return {
        "kind": "spin_lattice",
        "schema_version": 1,
        "model": "ising",
        "geometry": geometry,
        "sites": sites,
        "parameters": {"hx": "field", **parameters},
        "controls": [FIELD],
    }


def fixed(model: str, geometry: str, sites: int, **parameters: float) -> dict[str, Any]:
    """A model whose only control is a field along z."""
    return {
        "kind": "spin_lattice",
        "schema_version": 1,
        "model": model,
        "geometry": geometry,
        "sites": sites,
        "parameters": {"hz": "field", **parameters},
        "controls": [FIELD],
    }


def solve(
    system: dict[str, Any], fields: list[float], *names: str, method: str = "ed"
) -> np.ndarray[Any, Any]:
    experiment = Experiment(
        system=system,
        method=method,
        controls=("field",),
        points=np.array(fields)[:, None],
        observables=names or ("energy",),
    )
    result = ExactBackend().submit(experiment, RunOptions(), token="t")
    assert isinstance(result, Result)
    return result.values


@pytest.mark.parametrize("sites", [3, 4, 5, 6, 8, 10, 12])
def test_a_critical_ising_ring_has_its_closed_form_energy(sites: int) -> None:
    energy = solve(ising(sites, "ring"), [1.0])[0, 0]
    assert energy == pytest.approx(-2 / np.sin(np.pi / (2 * sites)), abs=1e-9)


def free_fermion_levels(sites: int, field: float) -> np.ndarray[Any, Any]:
    """Single-particle energies of the open Ising chain (Lieb, Schultz & Mattis 1961; J = 1)."""
    coupling = np.diag(np.full(sites, 2.0 * field)) + np.diag(np.full(sites - 1, -2.0), 1)
    return np.linalg.svd(coupling, compute_uv=False)


@pytest.mark.parametrize("field", [0.3, 0.9, 1.0, 1.7])
@pytest.mark.parametrize("sites", [4, 7, 11])
def test_an_open_ising_chain_is_free_fermions(sites: int, field: float) -> None:
    levels = free_fermion_levels(sites, field)
    energy, gap = solve(ising(sites), [field], "energy", "gap")[0]
    assert energy == pytest.approx(-levels.sum() / 2, abs=1e-9)
    assert gap == pytest.approx(levels.min(), abs=1e-8)


@pytest.mark.parametrize(
    ("geometry", "sites", "energy"),
    [
        ("chain", 2, -3.0),
        ("chain", 3, -4.0),
        ("ring", 3, -3.0),
        ("ring", 4, -8.0),
        ("square", 4, -8.0),
    ],
)
def test_small_heisenberg_clusters_have_their_closed_form_energy(
    geometry: str, sites: int, energy: float
) -> None:
    """From total spins: a bond is ``2 S(S+1) - 3`` in Pauli matrices."""
    assert solve(fixed("heisenberg", geometry, sites), [0.0])[0, 0] == pytest.approx(energy)


def test_a_majumdar_ghosh_ring_is_made_of_dimers() -> None:
    """At j2 = J / 2 the ground states are products of singlets (Majumdar & Ghosh 1969)."""
    for sites in (6, 8):
        energy = solve(fixed("j1j2", "ring", sites, j2=0.5), [0.0])[0, 0]
        assert energy == pytest.approx(-1.5 * sites)


def test_limits_of_the_ising_chain() -> None:
    names = ("energy", "magnetisation_x", "magnetisation_z", "correlation_zz")
    strong = solve(ising(5, J=0.0), [2.0], *names)[0]
    np.testing.assert_allclose(strong, [-10, 1, 0, 0], atol=1e-10)
    classical = solve(ising(5), [0.0], *names, "gap")[0]
    np.testing.assert_allclose(classical, [-4, 0, 0, 1, 2], atol=1e-10)
    tilted = solve(ising(5, hz=0.1), [0.0], *names)[0]
    np.testing.assert_allclose(tilted, [-4.5, 0, 1, 1], atol=1e-10)


def test_a_site_is_the_qubit_of_its_number() -> None:
    lattice = systems.load(ising(3))
    assert isinstance(lattice, SpinLattice)
    operators = lattice.operators(np.array([[0.0]]))[0]
    bond = [word.label(3) for word in operators["hamiltonian"].terms]
    assert sorted(bond) == ["IZZ", "ZZI"]


def test_lanczos_agrees_with_dense_diagonalization(monkeypatch: pytest.MonkeyPatch) -> None:
    lattice = systems.load(fixed("xxz", "ladder", 8, delta=0.4))
    assert isinstance(lattice, SpinLattice)
    hamiltonian = lattice.operators(np.array([[0.3]]))[0]["hamiltonian"]
    kept = basis.states(8, ())
    dense = diagonalization.lowest_levels(hamiltonian, kept)
    monkeypatch.setattr(diagonalization, "MAX_DENSE", 16)
    sparse = diagonalization.lowest_levels(hamiltonian, kept, wanted=3)
    found = [sparse.level(number) for number in range(3)]
    np.testing.assert_allclose(found, dense.distinct[:3], atol=1e-9)


def test_mean_field_is_the_textbook_one_in_an_infinite_like_ring_and_never_below_ed() -> None:
    """For z neighbours: m = sqrt(1 - (h/zJ)^2) below h = zJ, here z = 2 (Pauli matrices)."""
    fields = [0.5, 1.0, 1.9, 2.5]
    mean = solve(
        ising(6, "ring"), fields, "energy_per_site", "magnetisation_x", method="mean_field"
    )
    exact = solve(ising(6, "ring"), fields, "energy_per_site")
    for (energy, along_x), field in zip(mean, fields, strict=True):
        ordered = field < 2
        assert along_x == pytest.approx(field / 2 if ordered else 1.0, abs=1e-5)
        assert energy == pytest.approx(-1 - field**2 / 4 if ordered else -field, abs=1e-8)
    assert np.all(mean[:, 0] >= exact[:, 0] - 1e-9)


@pytest.mark.parametrize("sites", [20, 256])
def test_mean_field_of_long_rings_is_the_textbook_one_too(sites: int) -> None:
    """A field along z makes it ``h = m_x (2 + hz / m_z)`` on the circle of pure states."""
    names = ("energy_per_site", "magnetisation_x", "magnetisation_squared")
    fields = [0.5, 1.7, 2.5]
    found = solve(ising(sites, "ring"), fields, *names, method="mean_field")
    for field, row in zip(fields, found, strict=True):
        along_x = min(field / 2, 1.0)
        energy = -1 - field**2 / 4 if field < 2 else -field
        squared = 1 - along_x**2 + along_x**2 / sites  # each spin's own square is 1
        np.testing.assert_allclose(row, [energy, along_x, squared], rtol=0, atol=1e-5)
    tilted = solve(ising(sites, "ring", hz=0.4), fields, *names[:2], method="mean_field")
    for field, (energy, along_x) in zip(fields, tilted, strict=True):
        along_z = np.sqrt(1 - along_x**2)
        assert along_x * (2 + 0.4 / along_z) == pytest.approx(field, abs=1e-4)
        best = -(along_z**2) - field * along_x - 0.4 * along_z
        assert energy == pytest.approx(best, abs=1e-8)


def test_mean_field_is_the_lowest_product_vector() -> None:
    """Against a search over state vectors of three qubits, by SciPy's differential evolution."""
    rng = np.random.default_rng(4)
    for _ in range(3):
        words = rng.integers(8, size=(9, 2)).tolist()
        operator = PauliSum(3, {PauliWord(x, z): float(rng.normal()) for x, z in words})
        matrix = operator.matrix()

        def energy(angles: np.ndarray[Any, Any], matrix: Any = matrix) -> float:
            vector: Any = np.ones(1)
            for polar, azimuth in angles.reshape(3, 2):
                turned = np.exp(1j * azimuth) * np.sin(polar / 2)
                vector = np.kron([np.cos(polar / 2), turned], vector)
            return float(np.vdot(vector, matrix @ vector).real)

        bounds: Any = [(0, np.pi), (0, 2 * np.pi)] * 3
        lowest = differential_evolution(energy, bounds, rng=1, tol=1e-10, popsize=8).fun
        assert product_state.best_product(operator).expectation(operator) == pytest.approx(
            lowest, abs=5e-6
        )


@pytest.mark.parametrize(
    ("model", "geometry", "sites", "energy"),
    [("heisenberg", "chain", 20, -19.0), ("xxz", "ring", 16, -16.0), ("xxz", "ladder", 12, -16.0)],
)
def test_mean_field_finds_orders_of_two_sublattices(
    model: str, geometry: str, sites: int, energy: float
) -> None:
    """Opposite neighbours, along any axis or across z: -1 for each bond."""
    delta = {"delta": 0.3} if model == "xxz" else {}
    found = solve(fixed(model, geometry, sites, **delta), [0.0], method="mean_field")[0, 0]
    assert found == pytest.approx(energy, abs=1e-7)


def test_observables_stay_within_their_bounds() -> None:
    specs = {spec.name: spec for spec in systems.load(ising(4)).observables}
    values = solve(ising(4, hz=0.2), [0.0, 0.5, 1.5, 3.0], *specs)
    for column, spec in zip(values.T, specs.values(), strict=True):
        assert spec.lower is None or np.all(column >= spec.lower - 1e-12)
        assert spec.upper is None or np.all(column <= spec.upper + 1e-12)


BAD = [
    ({"model": "potts"}, "/model", "ising"),
    ({"geometry": "moebius"}, "/geometry", "chain"),
    ({"geometry": "ring", "sites": 2}, "/sites", "3 to 256"),
    ({"geometry": "ladder", "sites": 5}, "/sites", "even"),
    ({"geometry": "square", "sites": 6}, "/sites", "[rows, columns]"),
    ({"geometry": "heavy_hex", "sites": 9}, "/sites", "[rows, columns]"),
    ({"geometry": "square", "sites": [2, -3]}, "/sites", "[rows, columns]"),
    ({"geometry": "square", "sites": [17, 16]}, "/sites", "256"),
    ({"geometry": "ring", "periodic": True}, "/periodic", "allowed with chain"),
    ({"geometry": "square", "sites": [2, 5], "periodic": True}, "/sites", "at least 3"),
    ({"periodic": 1}, "/periodic", "true, false"),
    ({"model": "j1j2", "geometry": "ladder", "parameters": {"hz": "field"}}, "/geometry", "chain"),
    ({"disorder": {"hx": {"seed": 1}}}, "/disorder/hx/width", "width is missing"),
    ({"disorder": {"hx": {"width": 1, "seed": -1}}}, "/disorder/hx/seed", "0 to"),
    ({"disorder": {"hx": {"width": -1, "seed": 1}}}, "/disorder/hx/width", "0 or more"),
    ({"disorder": {"j2": {"width": 1, "seed": 1}}}, "/disorder/j2", "J, hx, hz"),
    ({"disorder": {"hx": {}}}, "/disorder/hx/width", "width is missing"),
    ({"sites": 1}, "/sites", "2 to 256"),
    ({"sites": 257}, "/sites", "2 to 256"),
    ({"sites": 4.0}, "/sites", "integer"),
    ({"sites": True}, "/sites", "integer"),
    ({"parameters": {"hx": "nobody"}}, "/parameters/hx", "field"),
    ({"parameters": {"hx": "field", "jz": 1}}, "/parameters/jz", "J, hx, hz"),
    ({"parameters": {"hx": "field", "J": float("nan")}}, "/parameters/J", "finite"),
    ({"parameters": {"hx": "field", "J": float("inf")}}, "/parameters/J", "finite"),
    ({"parameters": {"hx": "field", "J": True}}, "/parameters/J", "finite"),
    ({"parameters": {"hx": "field", "J": [1]}}, "/parameters/J", "3, one for each"),
    ({"parameters": {"hx": "field", "J": [1, 2, "x"]}}, "/parameters/J/2", "field"),
    ({"parameters": {"hx": "field +"}}, "/parameters/hx", "parentheses"),
    ({"parameters": {"hx": 1.0}}, "/controls/0/name", "used nowhere"),
    ({"parameters": 3}, "/parameters", "object"),
    ({"controls": [FIELD, FIELD]}, "/controls/1/name", "twice"),
    ({"controls": [{**FIELD, "unit": "tesla"}]}, "/controls/0/unit", "dimensionless"),
    ({"controls": [{**FIELD, "upper": -1.0}]}, "/controls/0/upper", "more than"),
    ({"controls": [{**FIELD, "name": "for"}]}, "/controls/0/name", "letters"),
    ({"schema_version": 2}, "/schema_version", "1"),
    ({"colour": "red"}, "/colour", "unknown"),
]


@pytest.mark.parametrize(("change", "field", "word"), BAD)
def test_a_bad_lattice_is_refused_by_field_at_once(
    change: dict[str, Any], field: str, word: str
) -> None:
    with within(0.5), pytest.raises(ProgramRejected) as rejected:
        systems.load({**ising(4), **change})
    assert rejected.value.field == field
    assert word in str(rejected.value)


def test_a_lattice_survives_its_document() -> None:
    for geometry, model in itertools.product(("chain", "ring"), ("xxz", "heisenberg", "j1j2")):
        document = fixed(model, geometry, 6)
        lattice = systems.load(document)
        assert systems.load(lattice.to_dict()) == lattice


def test_what_a_product_state_does_not_have_is_refused(h2: dict[str, Any]) -> None:
    with pytest.raises(ProgramRejected, match="product state has no gap"):
        solve(ising(4), [1.0], "energy", "gap", method="mean_field")
    molecule = Experiment(
        system=h2,
        method="mean_field",
        controls=("bond_length",),
        points=np.array([[0.7]]),
        observables=("energy",),
    )
    with pytest.raises(ProgramRejected, match="cannot run a molecule"):
        ExactBackend().check(molecule, RunOptions())


def test_the_identity_is_the_identity() -> None:
    lattice = systems.load(ising(3))
    assert isinstance(lattice, SpinLattice)
    hamiltonian = lattice.operators(np.array([[0.5]]))[0]["hamiltonian"]
    one = PauliSum(3, {PauliWord(0, 0): 1.0})
    spectrum = diagonalization.lowest_levels(hamiltonian, basis.states(3, ()))
    assert spectrum.expectation(one) == pytest.approx(1.0)
