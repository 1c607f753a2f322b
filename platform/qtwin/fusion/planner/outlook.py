"""The posterior of the truth and of every candidate, and what believing one does to it.

With z a candidate's latent value (jitter included, shot noise not), the posterior covariances
``A = Cov(f, z)`` and ``B = Cov(z, z)`` say all: a run with noise v multiplies nothing out anew but
changes ``Var f`` by ``-A_c² / (B_cc + v)``, and likewise A and B by rank one.
Shapes: ``T`` samples, ``M`` grid points, ``C`` candidates, ``N`` sites.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.kernel import matern52, squared_differences
from qtwin.fusion.planner.candidates import Candidates
from qtwin.fusion.planner.joint import Joint, joint_of
from qtwin.fusion.prior import TRUTH_CONSTANT
from qtwin.fusion.star.covariance import Covariance, covariance, truth_amplitude
from qtwin.fusion.star.posterior import StarFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """Per hyperparameter sample, in standardised units.

    Attributes:
        mean: Of the truth on the grid, shape ``(T, M)``.
        var: Its variance, shape ``(T, M)``.
        forecast: Mean of each candidate, shape ``(T, C)``.
        cross: A, shape ``(T, M, C)``.
        spread: B, shape ``(T, C, C)``.
    """

    mean: FloatArray
    var: FloatArray
    forecast: FloatArray
    cross: FloatArray
    spread: FloatArray

    def variance(self) -> FloatArray:
        """Variance of the mixture on the grid, shape ``(M,)``."""
        total: FloatArray = self.var.mean(axis=0) + self.mean.var(axis=0)
        return total

    def believing(self, candidate: int, noise: float) -> Outlook:
        """After a run that gave exactly what the mixture predicts (kriging believer).

        Ginsbourger, Le Riche & Carraro (2010).
        """
        own = self.spread[:, :, candidate]
        total = own[:, candidate] + noise
        surprise = (self.forecast[:, candidate].mean() - self.forecast[:, candidate]) / total
        seen = self.cross[:, :, candidate]
        scaled = seen / total[:, None]
        return Outlook(
            mean=self.mean + seen * surprise[:, None],
            var=np.maximum(self.var - seen * scaled, 0.0),
            forecast=self.forecast + own * surprise[:, None],
            cross=self.cross - scaled[:, :, None] * own[:, None, :],
            spread=self.spread - own[:, :, None] * (own / total[:, None])[:, None, :],
        )


def outlook_of(fit: StarFit, candidates: Candidates, grid: FloatArray) -> Outlook:
    """Foresee all candidates; ``grid`` is in the unit cube, shape ``(M, D)``."""
    joint = joint_of(fit, candidates.sites)
    squares = squared_differences(joint.problem.sites.x, grid)
    parts = [
        _foresee(fit, candidates, joint, grid, squares, sample=t)
        for t in range(len(fit.factors.theta))
    ]
    stacked = [np.stack(columns) for columns in zip(*parts, strict=True)]
    mean, var, forecast, cross, spread = stacked
    return Outlook(mean=mean, var=var, forecast=forecast, cross=cross, spread=spread)


def _foresee(
    fit: StarFit,
    candidates: Candidates,
    joint: Joint,
    grid: FloatArray,
    squares: FloatArray,
    *,
    sample: int,
) -> tuple[FloatArray, ...]:
    theta, layout = joint.theta[sample], joint.problem.layout
    alpha = fit.factors.alpha[sample]
    cov = covariance(theta, joint.problem)
    matern = matern52(np.tensordot(np.exp(-2.0 * theta[layout.log_length]), squares, 1)).value
    amplitude = truth_amplitude(theta, layout, grid)
    matern *= cov.amplitude[:, None] * amplitude
    truth = cov.rho[:, None] * (TRUTH_CONSTANT + matern)  # (N + C, M)
    here, there = joint.measured, joint.future
    prior = _between(cov, candidates, joint)
    white_f = fit.factors.whiten(sample, truth[here])
    white_z = fit.factors.whiten(sample, prior)
    drift = (1.0 - cov.rho[there]) * joint.problem.sites.mixed[there]
    return (
        alpha @ truth[here],
        np.maximum(TRUTH_CONSTANT + amplitude**2 - np.einsum("nm,nm->m", white_f, white_f), 0.0),
        drift + alpha @ prior,
        truth[there].T - white_f.T @ white_z,
        cov.matrix[np.ix_(there, there)] - white_z.T @ white_z,
    )


def _between(cov: Covariance, candidates: Candidates, joint: Joint) -> FloatArray:
    """Covariance of sites and candidates, shape ``(N, C)``; repeats share their jitter."""
    between = cov.matrix[np.ix_(joint.measured, joint.future)]
    again = np.flatnonzero(candidates.repeats >= 0)
    between[candidates.repeats[again], again] += cov.jitter[joint.future[again]]
    return between
