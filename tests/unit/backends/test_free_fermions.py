"""Free fermions against exact diagonalization, closed forms and definitions."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.classical.gaussian import pfaffian
from backends.classical.majorana import majoranas
from backends.classical.subset_sums import by_count, by_parity, different
from backends.errors import ProgramRejected
from backends.systems.pauli import PauliWord
from tests.thread_seconds import within
from tests.unit.backends.asking import control, hubbard, run, spins


def same(
    system: dict[str, Any], points: list[list[float]], *left_out: str, method: str = "ed"
) -> None:
    """Every observable of the system, and two of its own, from both methods."""
    names = [o.name for o in systems.load(system).observables if o.name not in left_out]
    free = run(system, points, *names, method="free_fermions")
    exact = run(system, points, *names, method=method)
    assert not free.failures
    assert not exact.failures
    np.testing.assert_allclose(free.values, exact.values, atol=1e-9, rtol=0)


OWN = [
    {"name": "long", "pauli": {"Z0 Z4": 1.0, "X1 X3": -0.7}},
    {"name": "mixed", "pauli": {"Y0 X1 X2 Y3": 1.0, "X0 X1 X2": 0.5, "Z2": 2.0, "I0": 0.3}},
]
WILD = {"hx": {"width": 0.8, "seed": 4}, "J": {"width": 0.5, "seed": 5}}


@pytest.mark.parametrize("geometry", ["chain", "ring"])
@pytest.mark.parametrize("sites", [5, 6])
def test_random_ising_chains_agree_with_exact_diagonalization(geometry: str, sites: int) -> None:
    system = spins(
        "ising", sites, geometry, parameters={"J": "j", "hx": "h"}, disorder=WILD,
        observables=OWN, controls=[control("j", -3), control("h", -3)],
    )  # fmt: skip
    same(system, [[1.0, 0.9], [-1.0, 1.3], [0.7, 1.0], [1.2, -1.1]])


@pytest.mark.parametrize("sites", [4, 5, 6])
def test_uniform_rings_have_the_levels_of_both_parities(sites: int) -> None:
    """Without disorder momenta of both signs are degenerate, and so may the ground level be."""
    system = spins(
        "ising", sites, "ring", parameters={"J": "j", "hx": "h"},
        controls=[control("j", -3), control("h")],
    )  # fmt: skip
    same(system, [[1.0, 0.5], [1.0, 1.0], [-1.0, 0.8], [0.3, 2.0]], "entanglement_entropy")


@pytest.mark.parametrize(("geometry", "sites"), [("chain", 5), ("ring", 6), ("ring", 5)])
def test_xx_chains_agree_with_exact_diagonalization(geometry: str, sites: int) -> None:
    system = spins(
        "xxz", sites, geometry, parameters={"J": "j", "delta": 0.0, "hz": "h"},
        observables=OWN, controls=[control("j", -3), control("h")],
    )  # fmt: skip
    left_out = ("entanglement_entropy", "energy_2")
    same(system, [[1.0, 0.3], [-1.0, 0.7], [1.0, 0.0]], *left_out)


def test_an_xy_chain_along_any_axis_is_recognised() -> None:
    for one, two, three in permutations("XYZ"):
        terms: dict[str, float] = {}
        for q in range(5):
            terms |= {f"{one}{q} {one}{(q + 1) % 6}": 0.9 + 0.1 * q} if q < 5 else {}
            terms |= {f"{two}{q} {two}{q + 1}": -0.4, f"{three}{q}": 0.3 * (q + 1)}
        system = {
            "kind": "pauli_sum", "schema_version": 1, "qubits": 6, "terms": terms, "controls": [],
        }  # fmt: skip
        same(system, [[]])


@pytest.mark.parametrize("electrons", [None, [2, 1], [3, 3], [0, 2]])
@pytest.mark.parametrize("geometry", ["chain", "ring"])
def test_free_electrons_agree_with_exact_diagonalization(
    geometry: str, electrons: list[int] | None
) -> None:
    system = hubbard(
        4, geometry, parameters={"t": "t", "hz": 0.2, "mu": 0.1}, controls=[control("t")],
        disorder={"mu": {"width": 0.5, "seed": 2}}, site_densities=True,
    ) | ({"electrons": electrons} if electrons else {})  # fmt: skip
    same(system, [[1.0], [0.4]])


def test_degenerate_shells_are_averaged() -> None:
    same(hubbard(4, "ring", electrons=[2, 2]), [[]], "entanglement_entropy")
    same(hubbard([2, 2], "square", electrons=[2, 1]), [[]], "entanglement_entropy")


@pytest.mark.parametrize("sites", [6, 10, 64, 128])
def test_a_critical_ising_ring_has_its_closed_form_energy(sites: int) -> None:
    system = spins("ising", sites, "ring", parameters={"hx": 1.0})
    with within(2.0):
        energy = run(system, [[]], "energy", method="free_fermions").values[0, 0]
    assert energy == pytest.approx(-2 / np.sin(np.pi / (2 * sites)), abs=1e-9)


def test_a_long_open_chain_has_its_closed_form_energy() -> None:
    """``1 - 1 / sin(pi / (2 (2 N + 1)))`` at criticality (Pfeuty, Ann. Phys. 57, 79 (1970))."""
    system = spins("ising", 128, parameters={"hx": 1.0})
    energy, gap = run(system, [[]], "energy", "gap", method="free_fermions").values[0]
    assert energy == pytest.approx(1 - 1 / np.sin(np.pi / 514), abs=1e-8)
    assert gap == pytest.approx(4 * np.sin(np.pi / 514), abs=1e-9)


def test_electrons_on_a_large_square_fill_plane_waves() -> None:
    system = hubbard([8, 16], "square", periodic=True, electrons=[64, 61])
    waves = np.add.outer(
        -2 * np.cos(2 * np.pi * np.arange(8) / 8), -2 * np.cos(2 * np.pi * np.arange(16) / 16)
    )
    levels = np.sort(waves.reshape(-1))
    with within(6.0):
        energy = run(system, [[]], "energy", method="free_fermions").values[0, 0]
    assert energy == pytest.approx(levels[:64].sum() + levels[:61].sum(), abs=1e-8)


@pytest.mark.parametrize("initial", ["+++++", "+-+--", "01101", "00000"])
@pytest.mark.parametrize("geometry", ["chain", "ring"])
def test_quenches_of_ising_chains_are_those_of_the_state_vector(
    geometry: str, initial: str
) -> None:
    system = spins(
        "ising", 5, geometry, parameters={"hx": 0.8}, disorder=WILD, controls=[control("t")],
        observables=[{"name": "four", "pauli": {"Z0 X2 Z3": 1.0, "Y0 Y4": 0.5, "X0 X2": 1.0}}],
        state={"kind": "evolved", "initial": initial, "time": "t"},
    )  # fmt: skip
    odd = () if set(initial) <= set("+-") else ("magnetisation_z", "entanglement_entropy")
    same(system, [[0.0], [0.7], [4.0]], "return_probability", *odd, method="evolution")


def test_a_quench_of_electrons_is_that_of_the_state_vector() -> None:
    system = hubbard(
        3, "ring", site_densities=True, controls=[control("t")],
        state={"kind": "evolved", "initial": "011001", "time": "t"},
    )  # fmt: skip
    same(system, [[0.5], [2.0]], "return_probability", method="evolution")


def test_thermal_states_of_open_chains_are_those_of_all_levels() -> None:
    state = {"kind": "thermal", "temperature": "T"}
    fields: dict[str, Any] = {"controls": [control("T")], "state": state}
    temperatures = [[0.2], [1.0], [8.0]]
    same(spins("ising", 5, parameters={"hx": 0.6}, disorder=WILD, **fields), temperatures)
    same(spins("xxz", 5, parameters={"delta": 0.0, "hz": 0.3}, **fields), temperatures)
    same(hubbard(3, "ring", parameters={"mu": 0.4}, **fields), temperatures)


@pytest.mark.parametrize(
    ("system", "points", "name", "word"),
    [
        (spins("ising", 4, parameters={"hx": 1.0, "hz": 0.1}), [[]], "energy", "not quadratic"),
        (spins("heisenberg", 4), [[]], "energy", "not quadratic"),
        (spins("ising", 6, "ladder", parameters={"hx": 1.0}), [[]], "energy", "not quadratic"),
        (hubbard(2, parameters={"U": 1.0}), [[]], "energy", "not quadratic"),
        (
            spins("ising", 4, parameters={"hx": 1.0},
                  state={"kind": "evolved", "initial": "0+00", "time": 1.0}),
            [[]], "energy", "not Gaussian",
        ),
        (
            spins("ising", 4, "ring", parameters={"hx": 1.0},
                  state={"kind": "thermal", "temperature": 1.0}),
            [[]], "energy", "closed rings",
        ),
        (
            spins("ising", 4, observables=[{"name": "p", "bitstring": "0000"}]),
            [[]], "p", "does not give p",
        ),
    ],
)  # fmt: skip
def test_what_is_not_free_is_refused_with_the_reason(
    system: dict[str, Any], points: list[list[float]], name: str, word: str
) -> None:
    with pytest.raises(ProgramRejected, match=word) as refused:
        run(system, points, name, method="free_fermions")
    assert refused.value.field == ("/observables/0" if name == "p" else "/method")


def test_a_point_at_which_fermions_are_not_free_fails_alone() -> None:
    system = spins("ising", 4, parameters={"hx": 1.0, "hz": "h"}, controls=[control("h")])
    result = run(system, [[0.0], [0.5], [0.0]], "energy", method="free_fermions")
    assert list(result.failures) == [1]
    assert "not quadratic" in result.failures[1]


def test_majoranas_multiply_to_their_word() -> None:
    rng = np.random.default_rng(5)
    for _ in range(40):
        word = PauliWord(int(rng.integers(16)), int(rng.integers(16)))
        indices, factor = majoranas(word)
        state = rng.standard_normal(16) + 1j * rng.standard_normal(16)
        found = state
        for index in reversed(indices):
            bit = 1 << index // 2
            found = PauliWord(bit, bit - 1 | (bit if index % 2 else 0)).apply(found)
        np.testing.assert_allclose(factor * found, word.apply(state), atol=1e-12)


def test_the_square_of_a_pfaffian_is_the_determinant() -> None:
    rng = np.random.default_rng(1)
    for size in (2, 4, 10):
        a = rng.standard_normal((size, size))
        found = pfaffian(a - a.T)
        assert found**2 == pytest.approx(np.linalg.det(a - a.T))
    blocks = np.zeros((4, 4))
    blocks[0, 1], blocks[2, 3] = 2.0, -3.0
    assert pfaffian(blocks - blocks.T) == pytest.approx(-6.0)


def test_subset_sums_are_those_of_all_subsets() -> None:
    rng = np.random.default_rng(2)
    numbers = np.round(rng.uniform(0, 1, 9), 1)
    bits = np.arange(512)[:, None] >> np.arange(9) & 1
    sums, counts = bits @ numbers, bits.sum(axis=1)
    for parity, found in enumerate(by_parity(numbers.tolist(), 1e-9)):
        wanted = different(sums[counts % 2 == parity], 1e-9)[:4]
        np.testing.assert_allclose(found, wanted, atol=1e-12)
    for count, found in enumerate(by_count((numbers - 0.5).tolist(), 4, 1e-9)):
        wanted = different((bits @ (numbers - 0.5))[counts == count], 1e-9)[:4]
        np.testing.assert_allclose(found[: len(wanted)], wanted, atol=1e-12)
