"""Kernels of measured distributions against sums over exact probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtwin.qml.bits import Bits, bits_of
from qtwin.qml.distribution import affinity, normalised, overlap, overlap_between

OUTCOMES = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.uint8)
P = np.array([[0.5, 0.2, 0.2, 0.1], [0.05, 0.15, 0.3, 0.5]])


def _closed(reach: float) -> np.ndarray:
    """Over qubits one after the other: (1, r; r, 1) on each."""
    one = np.array([[1, reach], [reach, 1]])
    return np.asarray(P @ np.kron(one, one) @ P.T)


def _drawn(shots: int, seed: int) -> Bits:
    rng = np.random.default_rng(seed)
    return Bits(outcomes=OUTCOMES, counts=rng.multinomial(shots, P))


@pytest.mark.parametrize("reach", [0.0, 0.4, 1.0])
def test_the_overlap_scatters_around_the_closed_form_by_its_errors(reach: float) -> None:
    found = [overlap(_drawn(200, seed), reach=reach, unbiased=True) for seed in range(400)]
    mean = np.mean([one.values for one in found], axis=0)
    assert mean == pytest.approx(_closed(reach), abs=0.006)
    spread = np.std([one.values for one in found], axis=0)
    told = np.sqrt(np.mean([one.std**2 for one in found], axis=0))
    assert told == pytest.approx(spread, rel=0.15, abs=1e-9)


def test_the_plain_diagonal_counts_shots_with_themselves() -> None:
    bits = _drawn(50, 1)
    plain, unbiased = overlap(bits, reach=0.0), overlap(bits, reach=0.0, unbiased=True)
    pairs = np.sum(bits.counts * (bits.counts - 1), axis=1) / (50 * 49)
    assert np.diag(unbiased.values) == pytest.approx(pairs)
    assert np.all(np.diag(plain.values) > np.diag(unbiased.values))
    off = ~np.eye(2, dtype=bool)
    assert np.array_equal(plain.values[off], unbiased.values[off])


def test_the_affinity_of_many_shots_is_bhattacharyyas() -> None:
    many = Bits(outcomes=OUTCOMES, counts=np.asarray(P * 1e6, dtype=np.int64))
    closed = [[np.sum(np.sqrt(a * b)) for b in P] for a in P]
    assert affinity(many, many) == pytest.approx(np.array(closed))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=6))
def test_plain_kernels_are_positive_semidefinite(rows: list[list[int]]) -> None:
    bits = Bits(outcomes=OUTCOMES, counts=np.array(rows) + np.eye(4, dtype=int)[0])
    kernels = [overlap(bits).values, overlap(bits, reach=0).values, affinity(bits, bits)]
    for kernel in (*kernels, normalised(kernels[0])):
        assert np.linalg.eigvalsh(kernel).min() > -1e-12
    assert np.diag(normalised(kernels[0])) == pytest.approx(np.ones(len(rows)))


def test_counts_are_read_and_resampled() -> None:
    bits = bits_of([{"01": 3, "11": 1}, {"00": 2, "11": 0}])
    assert bits.outcomes.tolist() == [[0, 0], [0, 1], [1, 1]]
    assert bits.counts.tolist() == [[0, 3, 1], [2, 0, 0]]
    again = bits.resampled(np.random.default_rng(0))
    assert again.shots.tolist() == [4, 2]
    assert again.counts[1].tolist() == [2, 0, 0]
    both = overlap_between(bits.take(np.array([0])), bits.take(np.array([1])), reach=0.5)
    assert both.values[0, 0] == pytest.approx(0.75 * 0.5 + 0.25 * 0.25)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([{"01": 3}, {"0": 1}], "lengths \\[1, 2\\]"),
        ([{"0x": 3}], "allowed: 0 and 1"),
        ([{"01": 3}, {"01": 0}], "no shots"),
        ([{"01": 3, "00": -1}], "a count below 0"),
        ([], "lengths \\[\\]"),
    ],
)
def test_what_are_no_counts_is_refused(counts: list[dict[str, int]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bits_of(counts)


def test_sets_that_were_read_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="read together"):
        overlap_between(bits_of([{"01": 1}]), bits_of([{"11": 1}]))
    with pytest.raises(ValueError, match=r"reach is 1\.5; allowed: 0 to 1"):
        overlap(_drawn(9, 0), reach=1.5)
    with pytest.raises(ValueError, match="a point has one shot"):
        overlap(bits_of([{"01": 1}]), unbiased=True)
