from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import systems
from backends.classical.pyscf import PyscfBackend
from backends.methods.estimator import estimate
from backends.methods.grouping import commute_qubitwise, group
from backends.methods.program import Program
from backends.methods.variational import vqe
from backends.methods.variational.choice import ansatz_for
from backends.methods.variational.rotosolve import minimise
from backends.schema import RunOptions
from backends.systems import Molecule
from backends.systems.pauli import PauliSum, PauliWord
from tests.unit.backends import dense
from tests.unit.backends.conftest import MakeExperiment, state_of

LENGTHS = np.array([[0.3], [0.735], [1.5], [2.5]])
labels = st.text("IXYZ", min_size=3, max_size=3)


def estimated(operator: PauliSum, groups: Any, counts: Any) -> tuple[float, float]:
    """Mean and standard error of one observable."""
    found = estimate([operator], groups, counts)
    return float(found.values[0]), float(found.std_errors[0])


def molecule(document: dict[str, Any], mapping: str) -> Molecule:
    system = systems.load({**document, "mapping": mapping})
    assert isinstance(system, Molecule)
    return system


def prepared(make: MakeExperiment, document: dict[str, Any], mapping: str) -> Program:
    made = make("vqe", LENGTHS[:, 0].tolist(), system={**document, "mapping": mapping})
    return vqe.prepare(made, molecule(document, mapping))


def fci(make: MakeExperiment, document: dict[str, Any]) -> np.ndarray:
    exact = make("fci", LENGTHS[:, 0].tolist(), system=document)
    energies: np.ndarray = PyscfBackend().submit(exact, RunOptions(), token="t").values[:, 0]
    return energies


@given(labels)
def test_words_are_kronecker_products_with_qubit_0_rightmost(label: str) -> None:
    word = PauliWord.parse(label)
    assert word.label(3) == label
    np.testing.assert_array_equal(PauliSum(3, {word: 1.0}).matrix(), dense.word(label))


def test_x_on_qubit_0_of_3_sets_the_lowest_bit() -> None:
    zero = np.eye(8, dtype=np.complex128)[0]
    assert np.flatnonzero(PauliWord.parse("IIX").apply(zero)).tolist() == [0b001]


@pytest.mark.parametrize(
    ("mapping", "published"),
    [
        # H2 at 0.735 angstrom, electronic part, hartree: the Qiskit Nature documentation.
        (
            "jordan_wigner",
            "IIII -0.81054798 IIIZ 0.17218393 IIZI -0.22575349 IZII 0.17218393 ZIII -0.22575349 "
            "IIZZ 0.12091263 IZIZ 0.16892754 IZZI 0.16614543 ZIIZ 0.16614543 ZIZI 0.17464343 "
            "ZZII 0.12091263 XXXX 0.0452328 XXYY 0.0452328 YYXX 0.0452328 YYYY 0.0452328",
        ),
        (
            "parity",
            "II -1.05237325 IZ 0.39793742 ZI -0.39793742 ZZ -0.0112801 XX 0.1809312",
        ),
    ],
)
def test_the_hamiltonian_of_h2_is_the_published_one(
    experiment: MakeExperiment, h2: dict[str, Any], mapping: str, published: str
) -> None:
    entries = published.split()
    expected = dict(zip(entries[::2], map(float, entries[1::2]), strict=True))
    identity = min(expected)
    expected[identity] += 0.52917721 / 0.735  # the repulsion of the nuclei
    (operator,) = prepared(experiment, h2, mapping).operators[1]
    assert isinstance(operator, PauliSum)
    found = {word.label(operator.qubits): value for word, value in operator.terms.items()}
    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("mapping", ["jordan_wigner", "parity"])
@pytest.mark.parametrize("helium", [False, True])
def test_the_optimised_ansatz_reaches_full_configuration_interaction(
    experiment: MakeExperiment, h2: dict[str, Any], mapping: str, helium: bool
) -> None:
    if helium:
        h2["charge"] = 1
        h2["atoms"][0]["element"] = "He"
    program, ansatz = prepared(experiment, h2, mapping), ansatz_for(molecule(h2, mapping))
    pairs = zip(program.operators, program.parts[0].angles, strict=True)
    energies = [row[0].expectation(state_of(ansatz, angles)) for row, angles in pairs]
    np.testing.assert_allclose(energies, fci(experiment, h2), rtol=0, atol=1e-9)


@pytest.mark.parametrize("mapping", ["jordan_wigner", "parity"])
def test_the_lowest_eigenvalue_is_the_fci_energy(
    experiment: MakeExperiment, h2: dict[str, Any], mapping: str
) -> None:
    rows = prepared(experiment, h2, mapping).operators
    operators = [one for row in rows for one in row if isinstance(one, PauliSum)]
    assert len(operators) == len(rows)
    lowest = [np.linalg.eigvalsh(operator.matrix())[0] for operator in operators]
    np.testing.assert_allclose(lowest, fci(experiment, h2), rtol=0, atol=1e-9)
    traces = [np.trace(o.matrix()).real / 2**o.qubits for o in operators]
    np.testing.assert_allclose([o.mixed_value for o in operators], traces, atol=1e-12)


def test_each_observable_of_vqe_is_its_own_operator(
    experiment: MakeExperiment, h2: dict[str, Any]
) -> None:
    h2 |= {"charge": 1}
    h2["atoms"][0]["element"] = "He"
    names = ("dipole_z", "energy")
    made = replace(experiment("vqe", [1.0], system=h2), observables=names)
    program, ansatz = vqe.prepare(made, molecule(h2, "parity")), molecule(h2, "parity")
    state = state_of(ansatz_for(ansatz), program.parts[0].angles[0])
    ours = [operator.expectation(state) for operator in program.operators[0]]
    exact = replace(made, method="fci")
    theirs = PyscfBackend().submit(exact, RunOptions(), token="t").values[0]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@given(st.sets(labels.map(PauliWord.parse)))
def test_groups_cover_every_word_once_and_commute_qubitwise(words: set[PauliWord]) -> None:
    groups = group(words)
    covered = [word for g in groups for word in g.words]
    assert sorted(covered, key=str) == sorted((w for w in words if w.support), key=str)
    for g in groups:
        assert all(commute_qubitwise(a, b) for a, b in combinations((*g.words, g.basis), 2))
        assert all(not word.support & ~g.basis.support for word in g.words)


@given(labels, labels)
def test_qubitwise_commuting_is_letter_by_letter(one: str, two: str) -> None:
    expected = all("I" in pair or pair[0] == pair[1] for pair in zip(one, two, strict=True))
    assert commute_qubitwise(PauliWord.parse(one), PauliWord.parse(two)) == expected


def test_rotosolve_finds_the_minimum_of_a_product_of_waves() -> None:
    def energy(angles: np.ndarray) -> np.ndarray:
        product: np.ndarray = np.sin(angles[:, 0] + 0.3) * (2 + np.cos(angles[:, 1] - 1))
        return product

    found = minimise(energy, np.zeros((1, 2)), 100)
    assert found.values == pytest.approx(-3, abs=1e-9)
    assert energy(found.parameters) == pytest.approx(-3, abs=1e-9)
    assert found.converged.all()


def test_the_error_of_a_group_includes_covariances() -> None:
    # Z0 and Z1 of a Bell state are each random, their sum varies twice, their difference never.
    words = [PauliWord.parse("IZ"), PauliWord.parse("ZI")]
    shots = 10_000
    counts = [{"00": shots // 2, "11": shots // 2}]
    for sign, variance in ((1, 4.0), (-1, 0.0)):
        operator = PauliSum(2, dict(zip(words, (1.0, float(sign)), strict=True)))
        value, error = estimated(operator, group(words), counts)
        assert value == pytest.approx(0)
        assert error**2 * shots == pytest.approx(variance, abs=1e-3)


def test_few_equal_shots_do_not_claim_certainty() -> None:
    words = [PauliWord.parse("Z")]
    value, error = estimated(PauliSum(1, {words[0]: 1.0}), group(words), [{"0": 3}])
    assert value == 1
    assert 0.1 < error < 1


def test_a_level_that_is_hardly_reached_does_not_enlarge_the_error() -> None:
    """Two atoms gain 4 or 2 when excited; both together cost 1000 more."""
    pair = {"II": 247.0, "IZ": -248.0, "ZI": -249.0, "ZZ": 250.0}
    operator = PauliSum(2, {PauliWord.parse(label): weight for label, weight in pair.items()})
    groups = group(set(operator.terms) - {PauliWord(0, 0)})
    value, error = estimated(operator, groups, [{"01": 300, "10": 100}])
    assert value == pytest.approx(-3.5)
    assert error == pytest.approx(np.std([-4, -4, -4, -2]) / np.sqrt(400), rel=0.02)
    # Shots that agree do not tell how far away a level may be.
    assert estimated(operator, groups, [{"01": 400}])[1] > 1


def test_expectations_agree_with_dense_algebra() -> None:
    rng = np.random.default_rng(5)
    words = ["".join(p) for p in product("IXYZ", repeat=2)]
    weights = rng.normal(size=len(words))
    operator = PauliSum(2, dict(zip(map(PauliWord.parse, words), weights, strict=True)))
    state = rng.normal(size=4) + 1j * rng.normal(size=4)
    state /= np.linalg.norm(state)
    matrix = dense.dense(dict(zip(words, weights, strict=True)))
    assert operator.expectation(state) == pytest.approx(np.vdot(state, matrix @ state).real)
