"""Observables of a user's own against closed forms and dense matrices made here."""

from __future__ import annotations

import time
import timeit
from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.errors import ProgramRejected
from backends.methods.estimator import estimate
from backends.methods.grouping import Group, all_z
from backends.methods.program import Program
from backends.schema import RunOptions
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.projector import Projector
from tests.thread_seconds import within
from tests.unit.backends.asking import run
from tests.unit.backends.dense import dense

CONTROL = {"name": "g", "label": "g", "unit": "dimensionless", "lower": 0.0, "upper": 9.0}
SAMPLE = [
    {"name": "mine", "label": "My own", "pauli": {"XIZ": 0.5, "Y0 Y1": -1.5, "I0": 2}},
    {"name": "moving", "pauli": {"ZZI": "g**2", "IIX": "-g / 2"}},
    {"name": "p110", "bitstring": "110"},
]


def ising(sites: int = 3, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "spin_lattice",
        "schema_version": 1,
        "model": "ising",
        "geometry": "chain",
        "sites": sites,
        "parameters": {"J": 1.0, "hx": 0.7, "hz": 0.2},
        "controls": [CONTROL],
        "observables": SAMPLE,
    } | changes


def test_a_ground_state_has_the_means_of_dense_matrices() -> None:
    field = {"IIX": -0.7, "IXI": -0.7, "XII": -0.7, "IIZ": -0.2, "IZI": -0.2, "ZII": -0.2}
    ground = np.linalg.eigh(dense({"IZZ": -1, "ZZI": -1, **field}))[1][:, 0]
    points = [[0.5], [3.0]]
    found = run(ising(), points, "mine", "moving", "p110").values
    for (g,), row in zip(points, found, strict=True):
        mine = dense({"XIZ": 0.5, "IYY": -1.5, "III": 2})
        moving = dense({"ZZI": g**2, "IIX": -g / 2})
        wanted = [np.vdot(ground, m @ ground).real for m in (mine, moving)]
        np.testing.assert_allclose(row, [*wanted, abs(ground[0b110]) ** 2], atol=1e-10)


def test_a_ghz_like_ground_space_is_half_all_up_and_half_all_down() -> None:
    bits = [{"name": f"p{b}", "bitstring": b} for b in ("0000", "1111", "0001")]
    system = ising(4, parameters={"J": 1.0}, observables=bits, controls=[])
    found = run(system, [[]], "p0000", "p1111", "p0001").values[0]
    np.testing.assert_allclose(found, [0.5, 0.5, 0.0], atol=1e-12)


def test_thermal_probabilities_are_boltzmann_weights() -> None:
    bits = [{"name": "down", "bitstring": "111"}, {"name": "mixed", "bitstring": "001"}]
    system = ising(
        parameters={"J": 1.0, "hz": 0.2}, observables=bits,
        state={"kind": "thermal", "temperature": "g"},
    )  # fmt: skip
    found = run(system, [[0.5], [2.0]], "down", "mixed").values
    for temperature, row in zip((0.5, 2.0), found, strict=True):
        z = np.array([[1 - 2 * (b >> q & 1) for q in range(3)] for b in range(8)])
        energy = -(z[:, 0] * z[:, 1] + z[:, 1] * z[:, 2]) - 0.2 * z.sum(axis=1)
        weights = np.exp(-energy / temperature)
        np.testing.assert_allclose(row, weights[[7, 1]] / weights.sum(), atol=1e-12)


def test_mean_field_multiplies_the_probabilities_of_the_qubits() -> None:
    """Spins in a field (hx, hz) of their own point along it."""
    bits = [{"name": "p", "bitstring": "001"}]
    system = ising(
        parameters={"J": 0.0, "hx": [0.3, 0.6, 0.9], "hz": [0.5, 0.1, 0.4]},
        observables=bits, controls=[],
    )  # fmt: skip
    x, z = np.array([0.3, 0.6, 0.9]), np.array([0.5, 0.1, 0.4])
    along = z / np.hypot(x, z)
    wanted = np.prod((1 + np.array([-1, 1, 1]) * along) / 2)
    assert run(system, [[]], "p", method="mean_field").values[0, 0] == pytest.approx(
        wanted, abs=1e-7
    )


def turning(bits: str = "0110") -> dict[str, Any]:
    """Four spins that turn about x, each at its own rate, from the basis state 0010."""
    return ising(
        4,
        parameters={"J": 0.0, "hx": [0.3, 0.6, 0.9, 1.2]},
        observables=[{"name": "p", "bitstring": bits}, {"name": "own", "pauli": {"Z2 Z0": 3.0}}],
        state={"kind": "evolved", "initial": "0010", "time": "g"},
    )


def probability(time_: float, bits: str = "0110") -> float:
    rates = [0.3, 0.6, 0.9, 1.2]
    found = 1.0
    for rate, before, after in zip(rates, reversed("0010"), reversed(bits), strict=True):
        found *= (np.cos if before == after else np.sin)(rate * time_) ** 2
    return found


@pytest.mark.parametrize(
    ("method", "backend"), [("evolution", "exact"), ("trotter", "aer"), ("trotter", "cirq")]
)
def test_a_bit_string_has_qubit_0_rightmost_on_every_path(method: str, backend: str) -> None:
    times = [0.4, 1.1]
    result = run(turning(), [[t] for t in times], "p", "own", method=method, backend=backend)
    wanted = [
        [probability(t), 3.0 * np.cos(0.6 * t) * np.cos(1.8 * t)] for t in times
    ]  # 2 hx t is the angle of a turn
    np.testing.assert_allclose(result.values, wanted, atol=1e-9)
    if backend != "exact":
        assert result.mixed_values is not None
        np.testing.assert_allclose(result.mixed_values, [[1 / 16, 0.0]] * 2)


@pytest.mark.parametrize("backend", ["aer", "cirq"])
def test_counts_give_probabilities_with_their_errors(backend: str) -> None:
    result = run(
        turning(), [[0.4], [1.1], [0.0]], "p", "own",
        method="trotter", backend=backend, options=RunOptions(shots=4000, seed=5),
    )  # fmt: skip
    wanted = [probability(t) for t in (0.4, 1.1, 0.0)]
    far = np.abs(result.values[:, 0] - wanted) / result.std_errors[:, 0]
    assert far.max() < 5
    assert result.values[2, 0] == 0.0
    assert 0 < result.std_errors[2, 0] < 1 / 4000
    assert [g["basis"] for g in result.raw[0]["groups"]] == ["ZZZZ"]


@pytest.mark.parametrize("p", [0.02, 0.1, 0.5])
def test_the_error_of_a_probability_covers(p: float) -> None:
    rng, shots = np.random.default_rng(3), 2000
    groups = [Group(all_z(2), ())]
    far = []
    for seen in rng.binomial(shots, p, size=1000).tolist():
        counts = [{"01": seen, "10": shots - seen}]
        found = estimate([Projector(2, 1)], groups, counts)
        far.append(((found.values - p) / found.std_errors).item())
    assert abs(np.mean(far)) < 0.2
    assert 0.62 < np.mean(np.abs(far) < 1) < 0.75  # 0.683
    assert np.mean(np.abs(far) < 2) > 0.93


def test_words_along_z_share_the_group_of_the_bit_strings() -> None:
    sums = PauliSum(3, {PauliWord.parse("ZIZ"): 1.0, PauliWord.parse("XIZ"): 1.0})
    program = run_program([[sums, Projector(3, 5)]])
    assert sorted(group.basis.label(3) for group in program.groups) == ["XIZ", "ZZZ"]


def run_program(rows: list[list[PauliSum | Projector]]) -> Program:
    from backends.methods.circuit import Circuit
    from backends.methods.program import Part

    part = Part(rows=np.arange(1), circuit=Circuit(3, (), 0), angles=np.empty((1, 0)))
    return Program(parts=(part,), operators=rows)


def test_constant_sums_are_bounded_by_their_coefficients() -> None:
    loaded = systems.load(ising())
    specs = {spec.name: spec for spec in loaded.observables}
    assert (specs["mine"].lower, specs["mine"].upper) == (0.0, 4.0)
    assert (specs["moving"].lower, specs["moving"].upper) == (None, None)
    assert (specs["p110"].lower, specs["p110"].upper) == (0.0, 1.0)
    assert specs["mine"].label == "My own"
    assert systems.load(loaded.to_dict()) == loaded


def test_a_coefficient_that_is_not_finite_at_a_point_is_refused_there() -> None:
    system = ising(observables=[{"name": "bad", "pauli": {"ZZI": "1 / g"}}])
    with pytest.raises(ProgramRejected, match="bad is not finite") as refused:
        run(system, [[1.0], [0.0]], "bad")
    assert refused.value.field == "/points/1"


@pytest.mark.parametrize("text", ["ZIIX", "X0 Z3", " Z3 X0 ", "I1 X0 Z3 I2"])
def test_a_word_has_a_letter_for_each_qubit_or_letters_with_numbers(text: str) -> None:
    assert PauliWord.read(text.strip(), 4) == PauliWord.parse("ZIIX") == PauliWord(1, 8)


def test_a_wide_word_is_read_by_its_numbers() -> None:
    assert PauliWord.read("Y0 Z126", 127) == PauliWord(1, 1 | 1 << 126)


PAULI_AT = "/observables/0/pauli"
BAD = [
    ([{"name": "a", "pauli": {"ZZ": 1}}], f"{PAULI_AT}/ZZ", "3 letters"),
    ([{"name": "a", "pauli": {"ZZIX": 1}}], f"{PAULI_AT}/ZZIX", "3 letters"),
    ([{"name": "a", "pauli": {"ZAI": 1}}], f"{PAULI_AT}/ZAI", "I, X, Y, Z"),
    ([{"name": "a", "pauli": {"zzi": 1}}], f"{PAULI_AT}/zzi", "I, X, Y, Z"),
    ([{"name": "a", "pauli": {"Z3": 1}}], f"{PAULI_AT}/Z3", "qubits 0 to 2"),
    ([{"name": "a", "pauli": {"Z1 X1": 1}}], f"{PAULI_AT}/Z1 X1", "each qubit once"),
    ([{"name": "a", "pauli": {"Z1 Q2": 1}}], f"{PAULI_AT}/Z1 Q2", "I, X, Y or Z"),
    ([{"name": "a", "pauli": {"Z-1": 1}}], f"{PAULI_AT}/Z-1", "I, X, Y or Z"),
    ([{"name": "a", "pauli": {"Z²": 1}}], f"{PAULI_AT}/Z²", "3 letters"),
    ([{"name": "a", "pauli": {"Z" + "9" * 5000: 1}}], f"{PAULI_AT}/Z{'9' * 5000}", "0 to 2"),
    ([{"name": "a", "pauli": {"ZII": 1, "Z2": 1}}], f"{PAULI_AT}/Z2", "each word once"),
    ([{"name": "a", "pauli": {"ZII": "1j"}}], f"{PAULI_AT}/ZII", "numbers"),
    ([{"name": "a", "pauli": {"ZII": [0, 1]}}], f"{PAULI_AT}/ZII", "finite number"),
    ([{"name": "a", "pauli": {"ZII": float("nan")}}], f"{PAULI_AT}/ZII", "finite"),
    ([{"name": "a", "pauli": {"ZII": float("inf")}}], f"{PAULI_AT}/ZII", "finite"),
    ([{"name": "a", "pauli": {"ZII": True}}], f"{PAULI_AT}/ZII", "finite"),
    ([{"name": "a", "pauli": {"ZII": "1 / 0"}}], f"{PAULI_AT}/ZII", "finite"),
    ([{"name": "a", "pauli": {"ZII": "nobody"}}], f"{PAULI_AT}/ZII", "g"),
    ([{"name": "a", "pauli": {}}], PAULI_AT, "1 to 10000"),
    ([{"name": "a", "pauli": "ZZI"}], PAULI_AT, "object"),
    ([{"name": "a"}], PAULI_AT, "pauli, or bitstring"),
    ([{"name": "a", "pauli": {"ZII": 1}, "bitstring": "000"}], PAULI_AT, "pauli, or bitstring"),
    ([{"name": "a", "bitstring": "01"}], "/observables/0/bitstring", "3 of 0 and 1"),
    ([{"name": "a", "bitstring": "0+1"}], "/observables/0/bitstring", "3 of 0 and 1"),
    ([{"name": "a", "bitstring": 101}], "/observables/0/bitstring", "text"),
    ([{"name": "energy", "bitstring": "000"}], "/observables/0/name", "no other"),
    ([{"name": "gap", "bitstring": "000"}], "/observables/0/name", "no other"),
    ([{"name": "free_energy", "bitstring": "000"}], "/observables/0/name", "no other"),
    ([{"name": "hamiltonian", "bitstring": "000"}], "/observables/0/name", "no other"),
    ([{"name": "a", "bitstring": "000"}] * 2, "/observables/1/name", "no other"),
    ([{"name": "2nd", "bitstring": "000"}], "/observables/0/name", "letters"),
    ([{"name": "a" * 41, "bitstring": "000"}], "/observables/0/name", "at most 40"),
    ([{"name": "a", "bitstring": "000", "label": "b" * 121}], "/observables/0/label", "120"),
    ([{"name": "a", "bitstring": "000", "weight": 1}], "/observables/0/weight", "unknown"),
    ([{"name": f"a{i}", "bitstring": "000"} for i in range(101)], "/observables", "0 to 100"),
    ("p000", "/observables", "list"),
]


@pytest.mark.parametrize(("own", "field", "word"), BAD)
def test_a_bad_observable_is_refused_by_field_at_once(own: Any, field: str, word: str) -> None:
    with within(0.5), pytest.raises(ProgramRejected) as refused:
        systems.load(ising(observables=own))
    assert refused.value.field == field
    assert word in str(refused.value)


def test_a_large_sum_on_many_qubits_is_read_at_once() -> None:
    rng = np.random.default_rng(0)
    letters = rng.choice(list("IXYZ"), size=(10_000, 64))
    words = {"".join(row): 0.5 for row in letters.tolist()}
    system = ising(64, observables=[{"name": "a", "pauli": words}], controls=[])
    assert min(timeit.repeat(lambda: systems.load(system), time.process_time, number=1)) < 0.5
