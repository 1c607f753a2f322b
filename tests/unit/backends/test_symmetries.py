"""Symmetries against commutators of dense matrices and against what textbooks say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.methods.symmetries import symmetries
from backends.systems.pauli import PauliSum, PauliWord
from tests.unit.backends.asking import spins
from tests.unit.backends.dense import dense, word


def hamiltonian(document: dict[str, Any]) -> PauliSum:
    system = systems.load(document)
    assert isinstance(system, systems.QubitSystem)
    return system.operators(np.empty((1, 0)))[0]["hamiltonian"]


def pauli_sum(terms: dict[str, float]) -> PauliSum:
    qubits = len(next(iter(terms)))
    return PauliSum(qubits, {PauliWord.parse(label): c for label, c in terms.items()})


def test_the_transverse_ising_chain_has_its_spin_flip_and_nothing_else() -> None:
    found = symmetries(hamiltonian(spins("ising", 5, parameters={"hx": 0.7})))
    assert [word.label(5) for word in found.parities] == ["XXXXX"]
    assert (found.real, found.charges, found.rotations) == (True, (), False)


def test_a_heisenberg_chain_conserves_spin_and_an_xxz_chain_magnetisation_only() -> None:
    heisenberg = symmetries(hamiltonian(spins("heisenberg", 4)))
    xxz = symmetries(hamiltonian(spins("xxz", 4, parameters={"delta": 0.5})))
    assert heisenberg.charges == xxz.charges == ((1.0, 1.0, 1.0, 1.0),)
    assert (heisenberg.rotations, xxz.rotations) == (True, False)
    assert len(heisenberg.parities) == 2


def test_two_separate_pairs_conserve_two_numbers() -> None:
    found = symmetries(pauli_sum({"XXII": 1.0, "YYII": 1.0, "IIXX": 0.3, "IIYY": 0.3}))
    assert found.charges == ((1.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 1.0))


def test_a_term_with_one_y_is_not_real() -> None:
    assert not symmetries(pauli_sum({"XY": 1.0})).real
    assert symmetries(pauli_sum({"YY": 1.0})).real


@pytest.mark.parametrize("seed", range(12))
def test_what_is_found_commutes_and_nothing_is_missed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    labels = {"".join(rng.choice(list("IXYZ"), 3)) for _ in range(rng.integers(1, 5))}
    terms = {label: float(rng.normal()) for label in labels}
    found = symmetries(pauli_sum(terms))
    matrix = dense(terms)
    parities = [word(one.label(3)) for one in found.parities]
    for one in parities:
        assert all(np.allclose(one @ word(label), word(label) @ one) for label in labels)
        assert all(np.allclose(one @ other, other @ one) for other in parities)
    singles = [word("I" * (2 - q) + "Z" + "I" * q) for q in range(3)]
    for weights in found.charges:
        total = np.tensordot(weights, singles, axes=1)
        assert np.allclose(total @ matrix, matrix @ total)
    # As many as the dense nullspace has.
    columns = np.stack([(s @ matrix - matrix @ s).ravel() for s in singles], axis=1)
    assert len(found.charges) == 3 - np.linalg.matrix_rank(columns, tol=1e-9)
