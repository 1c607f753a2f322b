"""What a search world believes, and draws, is what its twin says."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion.base import FloatArray
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.search import SearchWorld
from qtwin.worlds.search.actions import Asks
from tests.unit.fusion.synthetic import conditioned
from tests.unit.worlds.search.made import DOCUMENT, changed, data, fixed, sampled, with_row, world


def _x(made: SearchWorld) -> FloatArray:
    low, high = made.fit.bounds.T
    return np.asarray(low + made.grid * (high - low))


@pytest.mark.parametrize("references", [0, 2, 5], ids=["unanchored", "two", "five"])
def test_before_any_ask_it_believes_what_the_twin_predicts(references: int) -> None:
    fit: StarFit = sampled(references)
    sources = [part for part in DOCUMENT["sources"] if references or part["name"] != "exact"]
    made = SearchWorld.of(fit, changed(sources=sources))
    told = fit.predict(_x(made))
    prior = made.prior
    sigma = made.scale.factor * np.sqrt(made.truth(np.diagonal(prior.covariance)))
    mean = made.scale.shift + made.scale.factor * made.truth(prior.mean)
    np.testing.assert_allclose(mean, told.mean, atol=1e-9)
    np.testing.assert_allclose(sigma, told.std, rtol=1e-5)


def test_belief_and_draws_are_inflated_as_the_twin_is_calibrated() -> None:
    fit = conditioned(data(), c2=2.25)
    made = SearchWorld.of(fit, changed(truths=2000))
    told = fit.predict(_x(made)).std
    open_ = told > 1e-3
    sigma = np.sqrt(made.truth(np.diagonal(made.prior.covariance)))
    np.testing.assert_allclose(sigma[open_], told[open_], rtol=1e-5)
    drawn = made.truth(made.prior.draws).std(axis=0)
    np.testing.assert_allclose(drawn[open_], told[open_], rtol=0.1)


def test_the_draws_have_the_mean_and_the_covariance_of_the_belief() -> None:
    made = SearchWorld.of(sampled(), changed(truths=4000))
    away = made.prior.draws - made.prior.mean
    variance = np.diagonal(made.prior.covariance)
    open_ = np.flatnonzero(variance > 1e-6)  # elsewhere an exact run has said all
    z = away.mean(axis=0)[open_] / np.sqrt(variance[open_] / len(away))
    assert np.abs(z).max() < 4.5
    shown = open_[::5]
    found = (away.T @ away / len(away))[np.ix_(shown, shown)]
    scale = np.sqrt(np.outer(variance[shown], variance[shown]))
    assert np.abs((found - made.prior.covariance[np.ix_(shown, shown)]) / scale).max() < 0.15


@pytest.mark.parametrize(("way", "name"), [(0, "qpu"), (1, "exact"), (2, "cheap")])
def test_an_answer_teaches_what_a_new_fit_with_it_would_say(way: int, name: str) -> None:
    made = SearchWorld.of(fixed(), DOCUMENT)
    environment = made.environment()
    environment.reset(seed=5)
    point, shots = 11, 1
    ask = Asks(
        point=np.array([point]),
        way=np.array([way]),
        shots=np.array([shots]),
        stop=np.array([False]),
    )
    _, _, _, _, info = environment.step(made.actions.encode(ask)[0])
    x = float(_x(made)[point, 0])
    near = data().x[data().source == 3][:, 0]
    mixed = data().mixed_value[data().source == 3][int(np.argmin(np.abs(near - x)))]
    std = 0.05 * np.sqrt(1000 / 2000) if name == "qpu" else 0.0
    more = with_row(data(), source=name, x=x, y=info["answer"], std=std, mixed=mixed)
    told = conditioned(more).predict(_x(made))
    belief = environment.belief
    np.testing.assert_allclose(made.truth(belief.mean)[0], told.mean, atol=1e-6)
    sigma = np.sqrt(made.truth(belief.variance)[0])
    np.testing.assert_allclose(sigma, told.std, rtol=1e-3, atol=2e-5)
    dense = np.sqrt(np.maximum(made.truth(np.diagonal(belief.covariance(0))), 0.0))
    np.testing.assert_allclose(dense, sigma, atol=1e-6)


def test_after_many_asks_the_squared_error_is_what_the_variance_claims() -> None:
    made, count = world(), 400
    environments = made.vector(count)
    environments.reset(seed=0)
    rng = np.random.default_rng(1)
    for _ in range(5):
        asks = Asks(
            point=rng.integers(33, size=count),
            way=rng.choice([0, 2], size=count),
            shots=rng.integers(2, size=count),
            stop=np.zeros(count, dtype=bool),
        )
        environments.step(made.actions.encode(asks))
    episodes = environments.episodes
    away = made.truth(episodes.truths - episodes.belief.mean) ** 2
    claimed = made.truth(episodes.belief.variance)
    ratio = away.mean(axis=1) / claimed.mean()
    assert abs(ratio.mean() - 1.0) < 4.0 * ratio.std() / np.sqrt(count)
    assert claimed.mean() < 0.8 * made.truth(np.diagonal(made.prior.covariance)).mean()


def test_two_exact_answers_teach_what_a_new_fit_with_both_would_say() -> None:
    made, more = SearchWorld.of(fixed(), DOCUMENT), data()
    environment = made.environment()
    environment.reset(seed=5)
    for point in (11, 14):
        ask = Asks(
            point=np.array([point]),
            way=np.array([1]),
            shots=np.array([0]),
            stop=np.array([False]),
        )
        info = environment.step(made.actions.encode(ask)[0])[4]
        x, y = float(_x(made)[point, 0]), info["answer"]
        more = with_row(more, source="exact", x=x, y=y, std=0.0, mixed=np.nan)
    told, belief = conditioned(more).predict(_x(made)), environment.belief
    np.testing.assert_allclose(made.truth(belief.mean)[0], told.mean, atol=1e-5)
    sigma = np.sqrt(made.truth(belief.variance)[0])
    np.testing.assert_allclose(sigma, told.std, rtol=1e-2, atol=5e-5)


def test_answers_scatter_as_their_shots_do() -> None:
    made, count = SearchWorld.of(fixed(), DOCUMENT), 400
    environments = made.vector(count)
    environments.reset(seed=0, options={"draws": [3] * count})
    same = np.full(count, 11)
    asks = Asks(point=same, way=0 * same, shots=0 * same, stop=np.zeros(count, dtype=bool))
    answers = environments.step(made.actions.encode(asks))[4]["answer"]
    expected = 0.05 * np.sqrt(1000 / 500)
    assert abs(answers.std(ddof=1) / expected - 1.0) < 4.0 / np.sqrt(2 * count)
