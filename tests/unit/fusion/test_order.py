"""Neither the order of rows nor that of sources, knobs or groups says anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtwin.fusion import fit_star
from qtwin.fusion.evidence.merge import merge
from tests.unit.fusion.rich import rich
from tests.unit.fusion.synthetic import reordered

GRID = np.linspace(-1.0, 3.0, 9)[:, None]

seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, shuffle=seeds)
@settings(max_examples=30, deadline=None, derandomize=True)
def test_sites_do_not_depend_on_the_order(seed: int, shuffle: int) -> None:
    data = rich(seed, repeats=2)
    one, other = merge(data), merge(reordered(data, np.random.default_rng(shuffle)))
    for name in ("x", "gain", "mixed_unknown", "distance", "epoch", "branch", "source"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in ("y", "var", "mixed"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12, atol=0)
    assert one.shared is not None
    assert other.shared is not None
    np.testing.assert_array_equal(one.shared[0], other.shared[0])
    np.testing.assert_allclose(one.shared[1], other.shared[1], rtol=1e-9, atol=1e-14)


@given(seed=seeds, shuffle=seeds)
@settings(max_examples=6, deadline=None, derandomize=True)
def test_predictions_do_not_depend_on_the_order(seed: int, shuffle: int) -> None:
    data = rich(seed, each=5, repeats=2)
    one, other = (
        fit_star(given, seed=1, steps=16, keep=4, restarts=1).predict(GRID)
        for given in (data, reordered(data, np.random.default_rng(shuffle)))
    )
    scale = float(np.std(data.y))
    for name in ("mean", "std", "lower", "upper"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-6 * scale), name
    assert set(one.shares) == set(other.shares)
    for source, share in one.shares.items():
        assert share == pytest.approx(other.shares[source], abs=1e-6), source
    assert (one.claim, one.references) == (other.claim, other.references)
