"""A source that knows nothing of the truth gets no trust and does no harm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations, Prediction, Role, SourceSpec
from tests.unit.fusion.synthetic import BIASED, NAN, REFERENCE, observations, truth

GRID = np.linspace(-1.0, 3.0, 41)[:, None]
JUNK = SourceSpec(name="junk", role=Role.APPROXIMATION)
SEEDS = 20


def _noise(x: FloatArray, rng: np.random.Generator) -> FloatArray:
    return rng.standard_normal(len(x))


def _other_function(x: FloatArray, rng: np.random.Generator) -> FloatArray:
    a, b, c = rng.standard_normal(3)
    values: FloatArray = np.sin(2 * x + 3 * a) + b * np.cos(1.3 * x) + c
    return values


def _data(junk: FloatArray, x: FloatArray) -> Observations:
    exact = [(float(a), float(truth(a)), 0.0, 0, NAN, NAN) for a in np.linspace(-1, 3, 7)]
    cheap = [
        (float(a), float(truth(a) + 0.2 * np.cos(a)), 0.0, 1, NAN, NAN)
        for a in np.linspace(-1, 3, 9)
    ]
    rows = [(float(a), float(b), 0.0, 2, NAN, NAN) for a, b in zip(x, junk, strict=True)]
    return observations([*exact, *cheap, *rows], (REFERENCE, BIASED, JUNK))


def _belief(data: Observations, seed: int) -> Prediction:
    return fit_star(data, seed=seed, steps=32, keep=8).predict(GRID)


@pytest.mark.parametrize("kind", [_noise, _other_function])
def test_junk_gets_under_a_tenth_of_the_trust_and_costs_under_a_tenth_in_error(
    kind: Callable[[FloatArray, np.random.Generator], FloatArray],
) -> None:
    values = truth(GRID[:, 0])
    share, error, without, covered = [], [], [], []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        x = rng.uniform(-1.0, 3.0, 12)
        belief = _belief(_data(kind(x, rng), x), seed)
        alone = _belief(_data(x[:0], x[:0]), seed)
        share.append(np.mean(np.abs(belief.shares["junk"])))
        error.append(np.sqrt(np.mean((belief.mean - values) ** 2)))
        without.append(np.sqrt(np.mean((alone.mean - values) ** 2)))
        covered.append(np.mean((belief.lower <= values) & (values <= belief.upper)))
    assert np.mean(share) < 0.1
    assert np.mean(error) < 1.1 * np.mean(without)
    assert np.mean(covered) > 0.93
