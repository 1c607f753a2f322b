"""Observables that are read from the same shots, and how their errors go together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends.methods.covariance import Covariance
from backends.methods.estimator import estimate
from backends.methods.grouping import group
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.projector import Measurable, Projector
from tests.unit.backends.shots import (
    multinomial,
    must_be_that_of_draws,
    outcome_levels,
    read_in,
)

SUMS = [
    {"ZZI": 1.0, "IZZ": -0.5, "XXI": 0.8},
    {"IIZ": 1.0, "XIX": 0.3, "YYI": -0.4},
    {"ZZI": 2.0, "ZII": 0.1},
]
SHOTS = 2000


def operator(terms: dict[str, float]) -> PauliSum:
    size = len(next(iter(terms)))
    return PauliSum(size, {PauliWord.parse(label): c for label, c in terms.items()})


def a_state(qubits: int) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(7)
    state = rng.normal(size=2**qubits) + 1j * rng.normal(size=2**qubits)
    normalised: np.ndarray[Any, Any] = state / np.linalg.norm(state)
    return normalised


def test_the_covariance_is_the_multinomial_one_of_each_group() -> None:
    """Against the probabilities of the state, and against a thousand draws from them."""
    state, string = a_state(3), Projector(3, 0b101)
    observables: list[Measurable] = [*map(operator, SUMS), string]
    words = {PauliWord.parse(label) for terms in SUMS for label in terms}
    groups = group({*words, PauliWord(0, 0b111)})
    exact, chances = np.zeros((4, 4)), []
    for one in groups:
        basis = one.basis.label(3)
        chances.append(read_in(state, basis))
        mine = {word.label(3) for word in one.words}
        levels = [
            outcome_levels({k: c for k, c in terms.items() if k in mine}, 3) for terms in SUMS
        ]
        seen = np.eye(8)[0b101] if basis == "ZZZ" else np.zeros(8)
        exact += multinomial(chances[-1], [*levels, seen], SHOTS)
    assert np.abs(exact[0, 1:]).min() > 0.05 * exact[0, 0]  # there is something to be told
    rng, found = np.random.default_rng(8), []
    for _ in range(1000):
        drawn = [rng.multinomial(SHOTS, p) for p in chances]
        counts = [{f"{b:03b}": int(n) for b, n in enumerate(times) if n} for times in drawn]
        found.append(estimate(observables, groups, counts))
    stated = np.mean([one.covariance for one in found], axis=0)
    scale = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))
    np.testing.assert_allclose(stated / scale, exact / scale, rtol=0, atol=0.01)
    must_be_that_of_draws([one.covariance for one in found], [one.values for one in found])


def test_terms_of_a_group_covary_as_their_products_say() -> None:
    """``cov(P, Q) = (<PQ> - <P><Q>) / N``, summed by hand over two observables."""
    counts = [{"00": 5000, "01": 2000, "10": 1500, "11": 1500}]
    one, other = operator({"IZ": 0.7, "ZZ": -1.2}), operator({"ZI": 2.0, "IZ": 0.1})
    found = estimate([one, other], group({*one.terms, *other.terms}), counts)
    z0, z1, zz = 0.30, 0.40, 0.30  # of the counts
    mean = {("IZ", "ZI"): zz, ("IZ", "IZ"): 1.0, ("ZZ", "ZI"): z0, ("ZZ", "IZ"): z1}
    value = {"IZ": z0, "ZI": z1, "ZZ": zz}
    by_hand = sum(
        c * d * (mean[p, q] - value[p] * value[q]) / 10_000
        for p, c in (("IZ", 0.7), ("ZZ", -1.2))
        for q, d in (("ZI", 2.0), ("IZ", 0.1))
    )
    assert found.covariance[0, 1] == pytest.approx(by_hand, rel=1e-3)
    assert found.covariance[1, 0] == found.covariance[0, 1]


def test_words_of_different_groups_are_independent() -> None:
    one, other = operator({"IX": 1.0}), operator({"IZ": 1.0})
    groups = group({*one.terms, *other.terms})
    found = estimate([one, other], groups, [{"0": 70, "1": 30}, {"0": 40, "1": 60}])
    assert found.covariance[0, 1] == 0.0


@pytest.mark.parametrize("counts", [{"00": 5}, {"01": 3, "10": 2}, {"00": 1, "01": 1, "11": 2}])
def test_few_shots_have_possible_covariances(counts: dict[str, int]) -> None:
    sums = [{"IZ": 1.0}, {"ZI": 1.0, "ZZ": 30.0}, {"IZ": 1e-3, "ZI": 2.0}]
    observables: list[Measurable] = [
        *map(operator, sums),
        Projector(2, 0),
        Projector(2, 0),
        Projector(2, 3),
    ]
    groups = group([PauliWord(0, 3), PauliWord(0, 1), PauliWord(0, 2)])
    found = estimate(observables, groups, [counts]).covariance
    scale = np.sqrt(np.diag(found))
    correlation = found / np.outer(scale, scale)
    assert np.linalg.eigvalsh(correlation).min() > -1e-12
    assert correlation[3, 4] == pytest.approx(1.0)  # one and the same bit string


def test_points_are_in_one_block_only_where_something_is_shared() -> None:
    shared = np.zeros((4, 2, 1))
    shared[:2, 0, 0] = 0.3, 0.4
    own = np.tile(np.array([[1.0, 0.5], [0.5, 1.0]]), (4, 1, 1))
    own[3] = np.nan  # unknown
    made = Covariance(own=own, shared=shared)
    errors = np.sqrt(made.variances)
    errors[2, 1] = 0.0  # a constant
    errors[3] = 1.0
    (block,) = made.blocks(errors)
    assert block.places == [(0, 0), (0, 1), (1, 0), (1, 1)]
    expected = [[1.09, 0.5, 0.12, 0], [0.5, 1, 0, 0], [0.12, 0, 1.16, 0.5], [0, 0, 0.5, 1]]
    np.testing.assert_allclose(block.covariance, expected, atol=1e-15)


def test_parts_of_a_table_share_nothing_with_each_other() -> None:
    one = Covariance(own=np.ones((2, 1, 1)), shared=np.full((2, 1, 1), 0.5))
    alone = Covariance(own=np.ones((1, 1, 1)), shared=np.full((1, 1, 2), 0.5))
    made = Covariance.assembled([([0, 3], one), ([2], alone)], (4, 1))
    (block,) = made.blocks(np.sqrt(np.nan_to_num(made.variances, nan=1.0)))
    assert block.places == [(0, 0), (3, 0)]
    assert made.variances[2, 0] == pytest.approx(1.5)


def test_what_is_larger_than_the_shots_say_counts_as_independent() -> None:
    made = Covariance.of_points(np.array([[[1.0, 0.5], [0.5, 4.0]]]))
    found = made.at_least(np.array([[3.0, 2.0]])).scaled(np.array([1.0, 0.5]))
    np.testing.assert_allclose(found.own, [[[3.0, 0.25], [0.25, 1.0]]])
