"""Fermi-Hubbard models against closed forms, PySCF's FCI and free electrons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from backends import systems
from backends.errors import ProgramRejected
from backends.systems.lattice import Lattice
from tests.thread_seconds import within
from tests.unit.backends.asking import control, hubbard, solve


def orbitals(sites: int, bonds: Any, hops: Any) -> np.ndarray:
    matrix = np.zeros((sites, sites))
    for (i, j), hop in zip(bonds, hops, strict=True):
        matrix[i, j] = matrix[j, i] = -hop
    return matrix


def full_ci(
    lattice: Lattice, electrons: tuple[int, int], *, u: Any, t: float = 1.0, v: float = 0.0,
    mu: Any = 0.0, states: int = 1,
) -> Any:  # fmt: skip
    """Ground energy, or the lowest energies, by `pyscf.fci.direct_spin1`."""
    from pyscf import fci

    sites = lattice.sites
    one = orbitals(sites, lattice.bonds, [t] * len(lattice.bonds)) - np.diag(np.full(sites, mu))
    two = np.zeros((sites,) * 4)
    for i, strength in enumerate(np.broadcast_to(u, sites)):
        two[i, i, i, i] = strength
    for i, j in lattice.bonds:
        two[i, i, j, j] = two[j, j, i, i] = v
    solver = fci.direct_spin1.FCI()
    solver.verbose, solver.conv_tol, solver.max_cycle = 0, 1e-12, 500
    return solver.kernel(one, two, sites, electrons, nroots=states)[0]


def test_the_dimer_has_its_closed_form() -> None:
    strengths = [0.0, 1.0, 4.0, 12.0]
    system = hubbard(2, parameters={"U": "U"}, electrons=[1, 1], controls=[control("U")])
    names = (
        "energy", "double_occupancy", "local_moment", "spin_correlation", "density",
        "staggered_squared", "gap", "kinetic_energy", "interaction_energy", "energy_per_site",
        "spin_z",
    )  # fmt: skip
    for u, row in zip(strengths, solve(system, [[u] for u in strengths], *names), strict=True):
        root = np.sqrt(u**2 + 16)
        energy = (u - root) / 2
        double = (1 - u / root) / 4  # dE/dU for each of two sites
        # The singlet of single occupations has S^z_1 S^z_2 = -1/4, and (S_1 - S_2)^2 = 1.
        single = 1 - 2 * double
        gap = -energy if u else 2.0  # to the triplet at 0; at U = 0 one electron is raised
        wanted = [
            energy, double, single, -single / 4, 1.0, single / 4, gap,
            energy - 2 * u * double, 2 * u * double, energy / 2, 0.0,
        ]  # fmt: skip
        np.testing.assert_allclose(row, wanted, atol=1e-9)


@pytest.mark.parametrize(
    ("geometry", "sites", "electrons"),
    [
        ("chain", 4, (2, 2)),
        ("ring", 4, (2, 1)),
        ("ring", 6, (3, 3)),
        ("square", [2, 3], (3, 3)),
        ("triangular", [2, 3], (2, 3)),
        ("ladder", 8, (4, 3)),
    ],
)
def test_larger_lattices_have_the_energy_of_full_ci(
    geometry: str, sites: Any, electrons: tuple[int, int]
) -> None:
    system = hubbard(
        sites, geometry, electrons=list(electrons), controls=[control("U")],
        parameters={"U": "U", "V": 0.3, "t": 1.2},
    )  # fmt: skip
    loaded = systems.load(system)
    assert isinstance(loaded, systems.FermiHubbard)
    found = solve(system, [[2.0], [8.0]], "energy")[:, 0]
    wanted = [full_ci(loaded.lattice, electrons, u=u, t=1.2, v=0.3) for u in (2.0, 8.0)]
    np.testing.assert_allclose(found, wanted, atol=1e-8)


def test_disorder_and_chemical_potentials_are_those_of_full_ci() -> None:
    system = hubbard(
        4, electrons=[2, 2], parameters={"U": [4.0, 2.0, 0.0, 6.0]},
        disorder={"mu": {"width": 1.5, "seed": 9}},
    )  # fmt: skip
    loaded = systems.load(system)
    assert isinstance(loaded, systems.FermiHubbard)
    fields = 1.5 * loaded.couplings["mu"].draws()
    wanted = full_ci(loaded.lattice, (2, 2), u=[4.0, 2.0, 0.0, 6.0], mu=fields)
    assert solve(system, [[]], "energy")[0, 0] == pytest.approx(wanted, abs=1e-9)
    assert loaded.to_dict() == system


@pytest.mark.parametrize(("geometry", "sites"), [("chain", 5), ("ring", 5), ("square", [2, 3])])
def test_without_interaction_electrons_fill_orbitals(geometry: str, sites: Any) -> None:
    system = hubbard(sites, geometry, electrons=[2, 3], site_densities=True)
    loaded = systems.load(system)
    assert isinstance(loaded, systems.FermiHubbard)
    bonds = loaded.lattice.bonds
    levels = np.linalg.eigvalsh(orbitals(loaded.lattice.sites, bonds, [1.0] * len(bonds)))
    energy, kinetic = solve(system, [[]], "energy", "kinetic_energy")[0]
    assert energy == pytest.approx(levels[:2].sum() + levels[:3].sum(), abs=1e-9)
    assert kinetic == pytest.approx(energy, abs=1e-9)


def test_half_filling_is_at_half_the_repulsion() -> None:
    """Particle-hole symmetry: the grand canonical ground state has one electron on each site."""
    system = hubbard(
        3, parameters={"U": 3.0, "mu": 1.5}, state={"kind": "thermal", "temperature": 0.4}
    )
    density, moment, spin = solve(system, [[]], "density", "local_moment", "spin_z")[0]
    assert density == pytest.approx(1.0, abs=1e-10)
    assert spin == pytest.approx(0.0, abs=1e-10)
    assert 0.5 < moment < 1.0


def test_free_electrons_follow_the_fermi_function() -> None:
    system = hubbard(
        3, parameters={"mu": 0.3, "hz": 0.5}, controls=[control("T")], site_densities=True,
        state={"kind": "thermal", "temperature": "T"},
    )  # fmt: skip
    levels, states = np.linalg.eigh(orbitals(3, [(0, 1), (1, 2)], [1.0, 1.0]))
    found = solve(system, [[0.2], [2.0]], "density_0", "density_1", "spin_z", "free_energy")
    for temperature, row in zip((0.2, 2.0), found, strict=True):
        above = [levels - 0.3 - 0.25 * spin for spin in (1, -1)]
        filled = [1 / (1 + np.exp(e / temperature)) for e in above]
        up, down = (states**2 @ share for share in filled)
        free = -temperature * sum(np.log1p(np.exp(-e / temperature)).sum() for e in above)
        wanted = [*(up + down)[:2], (up - down).mean() / 2, free]
        np.testing.assert_allclose(row, wanted, atol=1e-10)


def test_the_canonical_dimer_has_its_four_levels() -> None:
    system = hubbard(
        2, electrons=[1, 1], parameters={"U": 4.0}, controls=[control("T")],
        state={"kind": "thermal", "temperature": "T"},
    )  # fmt: skip
    root = np.sqrt(16 + 16)
    levels = np.array([(4 - root) / 2, 0.0, 4.0, (4 + root) / 2])
    weights = np.exp(-levels / 0.7)
    energy, free = solve(system, [[0.7]], "energy", "free_energy")[0]
    assert energy == pytest.approx(weights @ levels / weights.sum())
    assert free == pytest.approx(-0.7 * np.log(weights.sum()))


@pytest.mark.parametrize(("method", "backend"), [("evolution", "exact"), ("trotter", "aer")])
def test_an_electron_spreads_from_its_own_site(method: str, backend: str) -> None:
    """Spin up starts on site 0 and spin down on site 2; hops of their own, and no interaction."""
    hops = [1.0, 0.4]
    system = hubbard(
        3, parameters={"t": hops}, electrons=[1, 1], site_densities=True,
        state={"kind": "evolved", "initial": "100001", "time": 0.5},
    )  # fmt: skip
    moved = np.abs(expm(-0.5j * orbitals(3, [(0, 1), (1, 2)], hops))) ** 2
    names = [f"density_{i}" for i in range(3)]
    found = solve(system, [[]], *names, "spin_z", "density", method=method, backend=backend)[0]
    wanted = [*(moved[:, 0] + moved[:, 2]), 0.0, 2 / 3]
    np.testing.assert_allclose(found, wanted, atol=1e-10 if method == "evolution" else 2e-3)


def test_electrons_on_a_ring_keep_the_signs_of_their_exchange() -> None:
    """Two equal spins pass each other: only the right signs give the determinant of orbitals."""
    system = hubbard(
        4, "ring", electrons=[2, 0], site_densities=True,
        state={"kind": "evolved", "initial": "00000101", "time": 0.8},
    )  # fmt: skip
    lattice = Lattice("ring", (4,))
    moved = expm(-0.8j * orbitals(4, lattice.bonds, [1.0] * 4))[:, [0, 2]]
    wanted = np.sum(np.abs(moved) ** 2, axis=1)
    found = solve(system, [[]], *(f"density_{i}" for i in range(4)), method="evolution")[0]
    np.testing.assert_allclose(found, wanted, atol=1e-10)
    own = [{"name": "both", "bitstring": "00001010"}]
    both = solve(system | {"observables": own}, [[]], "both", method="evolution")[0, 0]
    assert both == pytest.approx(abs(np.linalg.det(moved[[1, 3]])) ** 2, abs=1e-10)


def test_observables_stay_within_their_bounds() -> None:
    system = hubbard(3, parameters={"U": "U"}, electrons=[2, 1], controls=[control("U")])
    specs = {spec.name: spec for spec in systems.load(system).observables}
    for row in solve(system, [[0.5], [9.0]], *specs):
        for value, spec in zip(row, specs.values(), strict=True):
            assert spec.lower is None or value >= spec.lower - 1e-12
            assert spec.upper is None or value <= spec.upper + 1e-12


def test_a_product_state_is_refused_where_electrons_are_fixed() -> None:
    with pytest.raises(ProgramRejected, match="does not keep"):
        solve(hubbard(2, electrons=[1, 1]), [[]], "energy", method="mean_field")


EVOLVED = {"kind": "evolved", "initial": "0101", "time": 1.0}
BAD = [
    ({"electrons": [3, 1]}, "/electrons", "0 to 2"),
    ({"electrons": [-1, 1]}, "/electrons", "0 to 2"),
    ({"electrons": [1]}, "/electrons", "[up, down]"),
    ({"electrons": 2}, "/electrons", "[up, down]"),
    ({"electrons": [1.0, 1]}, "/electrons", "integer"),
    ({"electrons": [True, 1]}, "/electrons", "integer"),
    ({"parameters": {"J": 1}}, "/parameters/J", "t, U, V, mu, hz"),
    ({"parameters": {"U": "4j"}}, "/parameters/U", "numbers"),
    ({"parameters": {"U": float("nan")}}, "/parameters/U", "finite"),
    ({"parameters": {"U": [1.0]}}, "/parameters/U", "2, one for each"),
    ({"parameters": {"t": [1.0, 2.0]}}, "/parameters/t", "1, one for each"),
    ({"disorder": {"W": {"width": 1, "seed": 1}}}, "/disorder/W", "mu"),
    ({"geometry": "cube"}, "/geometry", "chain"),
    ({"sites": 129}, "/sites", "128"),
    ({"state": {**EVOLVED, "initial": "01+1"}}, "/state/initial", "0 and 1"),
    ({"state": {**EVOLVED, "initial": "010"}}, "/state/initial", "4 letters"),
    ({"state": EVOLVED, "electrons": [2, 0]}, "/state/initial", "2 up and 0 down"),
    ({"site_densities": 1}, "/site_densities", "true, false"),
    ({"observables": [{"name": "gap", "bitstring": "0000"}]}, "/observables/0/name", "no other"),
    ({"controls": [control("U")]}, "/controls/0/name", "used nowhere"),
    ({"spin": 1}, "/spin", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "word"), BAD)
def test_a_bad_model_is_refused_by_field_at_once(
    change: dict[str, Any], field: str, word: str
) -> None:
    with within(0.5), pytest.raises(ProgramRejected) as refused:
        systems.load(hubbard(2) | change)
    assert refused.value.field == field
    assert word in str(refused.value)


def test_too_many_electrons_configurations_are_refused_by_size() -> None:
    with pytest.raises(ProgramRejected, match="basis states") as refused:
        solve(hubbard(16, electrons=[8, 8]), [[]], "energy")
    assert refused.value.field == "/system"
