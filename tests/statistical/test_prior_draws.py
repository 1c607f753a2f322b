"""Coverage where the model is right: truths and data drawn from the prior itself."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations, Role, SourceSpec
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.star.covariance import covariance, problem_of
from tests.statistical.scoring import score

BOUNDS = np.array([[0.0, 1.0]])
GRID = np.linspace(0.01, 0.99, 25)
SOURCES = (
    SourceSpec(name="cheap", role=Role.APPROXIMATION),
    SourceSpec(name="exact", role=Role.REFERENCE),
    SourceSpec(name="held-out", role=Role.REFERENCE),
    SourceSpec(name="qpu", role=Role.DEVICE),
)
DRAWS = 24


def _design(rng: np.random.Generator, references: int) -> Observations:
    """Where each source is measured; ``held-out`` is the truth to score, on its own grid."""
    gains = np.repeat([1.0, 2.0], 8)
    x = np.concatenate(
        [rng.random(10), np.linspace(0, 1, references), GRID, np.tile(rng.random(8), 2)]
    )
    source = np.repeat([0, 1, 2, 3], [10, references, len(GRID), 16])
    device = source == 3
    gain = np.full(len(x), np.nan)
    gain[device] = gains
    return Observations(
        x=x[:, None],
        bounds=BOUNDS,
        y=np.zeros(len(x)),
        std=np.where(device, 0.05, 0.0),
        source=source,
        sources=SOURCES,
        gain=gain,
        mixed_value=np.where(device, 0.0, np.nan),
    )


def _draw(design: Observations, rng: np.random.Generator) -> tuple[Observations, FloatArray]:
    """Hyperparameters from half the prior's width, then all values from the Gaussian process."""
    sites = merge(design)
    problem = problem_of(sites)
    layout = problem.layout
    theta = layout.mean + 0.5 * layout.sigma * rng.standard_normal(len(layout.mean))
    root = np.linalg.cholesky(covariance(theta, problem).matrix)
    y = root @ rng.standard_normal(len(sites.y))
    kept = sites.source != 2
    drawn = Observations(
        x=sites.x[kept],
        bounds=BOUNDS,
        y=y[kept],
        std=np.sqrt(sites.var[kept]),
        source=sites.source[kept],
        sources=SOURCES,
        gain=sites.gain[kept],
        mixed_value=sites.mixed[kept],
    )
    return drawn, y[~kept]


@pytest.mark.parametrize("references", [5, pytest.param(24, marks=pytest.mark.slow)])
def test_the_band_covers_draws_from_the_prior(references: int) -> None:
    scores = []
    for seed in range(DRAWS):
        rng = np.random.default_rng([references, seed])
        drawn, truth = _draw(_design(rng, references), rng)
        belief = fit_star(drawn, seed=seed, steps=240, restarts=1).predict(GRID[:, None])
        scores.append(score(belief, truth, f"prior draw {references} {seed}"))
    coverage = np.array([found.coverage for found in scores])
    error = coverage.std() / np.sqrt(DRAWS)
    assert 0.95 - 3 * error <= coverage.mean()
    assert coverage.mean() <= 0.995
