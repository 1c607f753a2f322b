"""Truth and answers together: what the twin believes of both, and draws of both.

On a grid of M points with W ways to ask, ``u = (f, z_1, …, z_W)``: the truth, and what each way
would answer without shot noise (channel, discrepancy and jitter included; asking again gives the
same). Under one hyperparameter sample u is Gaussian, with the covariances that plans are made from
(``fusion.planner.outlook``); the belief is the mixture of the samples. As in
``fusion.questions.draws``, calibration scales deviations from the mixture's mean, and the widening
of an unanchored fit is a random function: part of the truth, seen by references alone.
Shapes: ``T`` samples, ``S`` draws, ``J = (1 + W) M``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.planner.candidates import Candidates, foundation
from qtwin.fusion.planner.outlook import outlook_of
from qtwin.fusion.planner.rows import Rows, repeats_of
from qtwin.fusion.process import Probe
from qtwin.fusion.questions.draws import symmetric_root
from qtwin.fusion.questions.widened import class_process, missing_amplitude
from qtwin.fusion.star.posterior import StarFit
from qtwin.worlds.search.way import Way


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prior:
    """Before anything is asked, in standardised units.

    Attributes:
        mean: Of u, shape ``(J,)``.
        covariance: Of u, hyperparameters included, shape ``(J, J)``.
        draws: Of u, shape ``(S, J)``.
        noise: Variance of the shots of each way, point and shot count, shape ``(W, M, O)``.
    """

    mean: FloatArray
    covariance: FloatArray
    draws: FloatArray
    noise: FloatArray


def prior_of(
    fit: StarFit,
    ways: tuple[Way, ...],
    *,
    grid: FloatArray,
    shots: tuple[int, ...],
    count: int,
    seed: int,
) -> Prior:
    """Draw ``count`` truths with their answers on a grid of the unit cube, shape ``(M, D)``."""
    fit = foundation(fit)
    means, covariances = _samples(fit, ways, grid)
    mean = means.mean(axis=0)
    away = means - mean
    covariance = covariances.mean(axis=0) + away.T @ away / len(away)
    np.fill_diagonal(covariance, np.maximum(np.diagonal(covariance), 0.0))
    rng = np.random.default_rng(seed)
    which = np.resize(rng.permutation(len(means)), count)
    drawn = rng.standard_normal((count, len(mean)))
    for t in np.unique(which):
        rows = which == t
        drawn[rows] = away[t] + drawn[rows] @ symmetric_root(covariances[t])
    noise = np.array([[way.variance(fit, grid, n) for n in shots] for way in ways])
    return Prior(
        mean=mean,
        covariance=fit.c2 * covariance,
        draws=mean + np.sqrt(fit.c2) * drawn,
        noise=noise.transpose(0, 2, 1),
    )


def _samples(
    fit: StarFit, ways: tuple[Way, ...], grid: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of u under each sample, shapes ``(T, J)`` and ``(T, J, J)``."""
    m, order = len(grid), sorted(range(len(ways)), key=lambda w: ways[w].name)
    candidates = _candidates(fit, tuple(ways[w] for w in order), grid)
    outlook = outlook_of(fit, candidates, grid)
    back = np.concatenate([np.arange(m) + m * order.index(w) for w in range(len(ways))])
    truth = np.array([process.covariance(Probe(x=grid)) for process in fit.processes])
    cross, spread = outlook.cross[:, :, back], outlook.spread[:, back][:, :, back]
    covariance = np.concatenate(
        [
            np.concatenate([truth, cross], axis=2),
            np.concatenate([cross.transpose(0, 2, 1), spread], axis=2),
        ],
        axis=1,
    )
    if fit.widening is not None:
        covariance = covariance + _widening(fit, ways, grid)
    return np.concatenate([outlook.mean, outlook.forecast[:, back]], axis=1), covariance


def _widening(fit: StarFit, ways: tuple[Way, ...], grid: FloatArray) -> FloatArray:
    """Covariance of what an unanchored fit may lack, shape ``(J, J)``."""
    amplitude, probe = missing_amplitude(fit, grid), Probe(x=grid)
    own = amplitude[:, None] * class_process(fit).prior(probe, probe) * amplitude
    sees = np.array([1.0, *(float(way.sees_truth()) for way in ways)])
    return np.asarray(np.kron(np.outer(sees, sees), own), dtype=np.float64)


def _candidates(fit: StarFit, ways: tuple[Way, ...], grid: FloatArray) -> Candidates:
    """Every way at every point; noise and costs are not looked at."""
    table = Rows(like=fit.sites)
    for way in ways:
        table.add(way.spec, way.setting, grid)
    sites, m = table.sites(), len(grid)
    again: IntArray = repeats_of(fit.sites, sites)
    nothing = np.zeros((m * len(ways), 1))
    low, high = fit.bounds.T
    return Candidates(
        x=np.tile(low + grid * (high - low), (len(ways), 1)),
        names=tuple(way.name for way in ways for _ in range(m)),
        settings=tuple(way.setting for way in ways for _ in range(m)),
        sites=sites,
        repeats=again,
        known=again >= 0,
        reference=np.repeat([way.sees_truth() for way in ways], m),
        shots=nothing.astype(np.int64),
        noise=nothing,
        cost=nothing,
    )
