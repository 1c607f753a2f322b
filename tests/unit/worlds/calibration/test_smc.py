"""The sampler finds posteriors that are known in closed form, and says when it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray
from qtwin.worlds.calibration.diagnostics import effective_number, r_hat
from qtwin.worlds.calibration.smc import NotTempered, Population, resampled, sample

MEASURED = np.array([0.8, -1.5, 0.3])
NOISE = np.array([0.05, 0.4, 1.0])


def linear(scores: FloatArray) -> FloatArray:
    """Each score was measured once."""
    away = (scores - MEASURED) / NOISE
    return np.asarray(-0.5 * np.sum(away**2 + np.log(2 * np.pi * NOISE**2), axis=1))


def drawn(seed: int) -> Population:
    rng = np.random.default_rng(seed)
    return sample(linear, rng, particles=1024, dimensions=3, moves=8)


def test_a_normal_likelihood_gives_the_normal_posterior_and_its_evidence() -> None:
    found = drawn(3)
    variance = 1 / (1 + NOISE**-2)
    mean = variance * MEASURED / NOISE**2
    assert found.scores.mean(axis=0) == pytest.approx(mean, abs=4 * np.sqrt(variance.max() / 200))
    assert found.scores.std(axis=0) == pytest.approx(np.sqrt(variance), rel=0.15)
    total = 1 + NOISE**2
    evidence = -0.5 * np.sum(MEASURED**2 / total + np.log(2 * np.pi * total))
    assert found.log_evidence == pytest.approx(evidence, abs=0.3)


def test_the_ladder_rises_from_the_prior_to_the_posterior() -> None:
    found = drawn(4)
    assert found.ladder[0] == 0.0
    assert found.ladder[-1] == 1.0
    assert np.all(np.diff(found.ladder) > 0)
    assert min(found.effective) >= 0.49 * 1024


def test_one_seed_gives_one_population() -> None:
    assert np.array_equal(drawn(5).scores, drawn(5).scores)
    assert not np.array_equal(drawn(5).scores, drawn(6).scores)


def test_draws_where_the_likelihood_is_not_a_number_die_out() -> None:
    def half(scores: FloatArray) -> FloatArray:
        return np.where(scores[:, 0] > 0, 0.0, np.nan)

    found = sample(half, np.random.default_rng(0), particles=256, dimensions=1, moves=3)
    assert np.all(found.scores > 0)


def test_a_likelihood_that_is_finite_nowhere_is_refused() -> None:
    def nowhere(scores: FloatArray) -> FloatArray:
        return np.full(len(scores), -np.inf)

    with pytest.raises(NotTempered):
        sample(nowhere, np.random.default_rng(0), particles=64, dimensions=2, moves=2)


def test_resampling_keeps_each_particle_as_often_as_its_weight_says() -> None:
    weights = np.array([0.5, 0.25, 0.0, 0.25])
    chosen = resampled(weights, np.random.default_rng(1))
    assert np.bincount(chosen, minlength=4).tolist() == [2, 1, 0, 1]


def test_r_hat_and_the_effective_number_tell_agreement_from_disagreement() -> None:
    draws = np.random.default_rng(2).standard_normal((4, 500, 2))
    draws[2, :, 1] += 1.0
    good, bad = r_hat(draws)
    assert good < 1.01
    assert bad > 1.1
    many, few = effective_number(draws)
    assert many > 400
    assert few < 40
