"""Bayesian optimisation: its process is another's, and it finds optima with few scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from backends.errors import ProgramRejected
from qtwin.fusion.kernel import squared_differences
from qtwin.worlds.learners.bayesian import BayesianSettings
from qtwin.worlds.learners.optimiser import Ground
from qtwin.worlds.learners.surrogate import Surrogate, _evidence, expected_improvement
from qtwin.worlds.learners.train import train
from qtwin.worlds.learners.truths import Episodes
from tests.unit.worlds.regulator import Regulator, riccati

EPISODES = Episodes(draws=1, seed=0, truth="nominal")
X = np.random.default_rng(0).random((12, 2))
Y = np.sin(5 * X[:, 0]) + X[:, 1] ** 2
THETA = np.log([0.4, 0.8, 1.3, 0.2])


def test_the_process_predicts_what_scikit_learn_predicts() -> None:
    kernel: Any = ConstantKernel(1.3**2) * Matern([0.4, 0.8], nu=2.5)
    theirs = GaussianProcessRegressor(kernel, alpha=0.2**2 + 1e-8, optimizer=None).fit(X, Y)
    points = np.random.default_rng(1).random((7, 2))
    mean, sigma = Surrogate.at(X, Y, THETA, 0.0, 1.0).predict(points)
    their_mean, their_sigma = theirs.predict(points, return_std=True)
    np.testing.assert_allclose(mean, their_mean, rtol=1e-9)
    np.testing.assert_allclose(sigma, their_sigma, rtol=1e-6)


def test_the_evidence_and_its_slope() -> None:
    squares = squared_differences(X, X)
    value, slope = _evidence(THETA, squares, Y)
    kernel: Any = ConstantKernel(1.3**2) * Matern([0.4, 0.8], nu=2.5) + WhiteKernel(0.2**2)
    theirs = GaussianProcessRegressor(kernel, alpha=1e-8, optimizer=None).fit(X, Y)
    expected = -theirs.log_marginal_likelihood() - 6 * np.log(2 * np.pi)
    assert value == pytest.approx(expected, rel=1e-9)

    def at(theta: np.ndarray) -> float:
        return _evidence(theta, squares, Y)[0]

    numeric = approx_fprime(THETA, at, 1e-6)
    np.testing.assert_allclose(slope, numeric, atol=1e-4)


def test_expected_improvement_is_its_integral() -> None:
    draws = norm.ppf((np.arange(200_000) + 0.5) / 200_000, loc=0.3, scale=0.5)
    found = expected_improvement(np.array([0.3]), np.array([0.5]), 0.6)[0]
    assert found == pytest.approx(np.maximum(draws - 0.6, 0).mean(), rel=1e-4)


def test_to_believe_a_mean_moves_no_mean() -> None:
    process = Surrogate.at(X, Y, THETA, 0.5, 2.0)
    points = np.random.default_rng(2).random((5, 2))
    believing = process.believing(points[0])
    np.testing.assert_allclose(believing.predict(points)[0], process.predict(points)[0], rtol=1e-7)
    assert believing.predict(points)[1][0] < process.predict(points)[1][0]


def test_it_finds_the_minimum_of_branin() -> None:
    """Branin's least value is 0.397887; a random search of as many needs luck for below 0.6."""

    def branin(u: np.ndarray) -> float:
        x, y = 15 * (u[0] + 1) / 2 - 5, 15 * (u[1] + 1) / 2
        bend = y - 5.1 / (4 * np.pi**2) * x * x + 5 / np.pi * x - 6
        return float(bend**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(x) + 10)

    settings = BayesianSettings(size=2, initial=10, spread=1.0)
    made = settings.make(Ground(start=np.zeros(2), bound=1.0, seed=3))
    least = np.inf
    for _ in range(20):
        values = np.array([branin(u) for u in made.ask(EPISODES)])
        made.tell(-values)
        least = min(least, values.min())
    assert least < 0.42
    assert branin(made.favourite) < 0.45


def test_it_finds_the_riccati_gain() -> None:
    world = Regulator()
    found = train(
        world,
        {
            "kind": "bayesian", "policy": {"kind": "linear"}, "truths": "nominal", "held_out": 2,
            "initial": 8, "spread": 3.0,
        },
        seed=1,
        budget={"evaluations": 200},
    )  # fmt: skip
    _, gain = riccati(world.a, world.nominal)
    assert found.policy.act(np.array([[1.0]]), 0)[0, 0] == pytest.approx(-gain, abs=0.03)


def test_many_parameters_are_refused() -> None:
    policy = {"kind": "mlp", "hidden": [40]}
    with pytest.raises(ProgramRejected, match="121 parameters; allowed with bayesian: at most 32"):
        train(Regulator(), {"kind": "bayesian", "policy": policy}, seed=0, budget={"seconds": 1})
