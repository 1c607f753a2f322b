"""Calibration epochs that contradict everything else are left out and reported.

An epoch of a device is predicted from all other measurements, at hyperparameters that have not
seen it (with it, the amplitude between epochs would explain it away). With the residual r of its
``b`` rows and their covariance G, two statistics are compared with four sigma: the common shift
``1ᵀr / √(1ᵀG1)``, and the scatter ``rᵀG⁻¹r``, chi-square of b degrees of freedom, made normal by
Wilson & Hilferty (1931).
Shapes: ``N`` sites, ``b`` rows of an epoch, ``P`` hyperparameters.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Role
from qtwin.fusion.evidence.conflict import Conflict
from qtwin.fusion.evidence.scaling import scale_of, standardise
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.evidence.subset import take
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import Problem, problem_of
from qtwin.fusion.star.optimum import find_optimum
from qtwin.fusion.star.parameters import Layout

THRESHOLD = 4.0
_SUSPECT = 2.5  # z at which an epoch is worth a search for hyperparameters without it
_ITERATIONS = 60


def quarantine(
    sites: Sites, value_bounds: tuple[float, float], rng: np.random.Generator
) -> tuple[Sites, tuple[Conflict, ...]]:
    """The sites without the epochs that contradict the others, the worst first."""
    found: list[Conflict] = []
    while True:
        worst = _worst(sites, value_bounds, rng)
        if worst is None or abs(worst[0].z) <= THRESHOLD:
            return sites, tuple(found)
        found.append(worst[0])
        keep = np.ones(len(sites.y), dtype=bool)
        keep[worst[1]] = False
        sites = take(sites, keep)


def _worst(
    sites: Sites, value_bounds: tuple[float, float], rng: np.random.Generator
) -> tuple[Conflict, IntArray] | None:
    blocks = _blocks(sites)
    if not blocks:
        return None
    problem = problem_of(standardise(sites, scale_of(sites, value_bounds)))
    optimum = find_optimum(problem, rng, restarts=1, iterations=_ITERATIONS)
    strict = _without_epochs(optimum, problem.layout)
    suspects = [rows for rows in blocks if abs(_z(problem, strict, rows)) > _SUSPECT]
    verdicts = [(_unseen_z(problem, rows, rng), rows) for rows in suspects]
    if not verdicts:
        return None
    z, rows = max(verdicts, key=lambda verdict: abs(verdict[0]))
    source, epoch = sites.specs[sites.source[rows[0]]].name, sites.epoch_names[sites.epoch[rows[0]]]
    return Conflict(source=source, epoch=epoch, z=z, rows=len(rows)), rows


def _blocks(sites: Sites) -> list[IntArray]:
    """Rows of each epoch of the devices that have several."""
    blocks = []
    for s, spec in enumerate(sites.specs):
        rows = np.arange(len(sites.y))[sites.rows(s)]
        epochs = np.unique(sites.epoch[rows])
        if spec.role is Role.DEVICE and len(epochs) > 1:
            blocks += [rows[sites.epoch[rows] == epoch] for epoch in epochs if epoch >= 0]
    return blocks


def _without_epochs(theta: FloatArray, layout: Layout) -> FloatArray:
    """The same hyperparameters with next to nothing of an epoch's own."""
    own = np.array([name.endswith(".log_epoch") for name in layout.names], dtype=bool)
    return np.where(own, -12.0, theta)


def _unseen_z(problem: Problem, rows: IntArray, rng: np.random.Generator) -> float:
    """Z of an epoch at hyperparameters found without it; what those lack is at its prior mean."""
    keep = np.ones(len(problem.sites.y), dtype=bool)
    keep[rows] = False
    rest = problem_of(take(problem.sites, keep))
    optimum = find_optimum(rest, rng, restarts=1, iterations=_ITERATIONS)
    known = dict(zip(rest.layout.names, optimum, strict=True))
    prior = zip(problem.layout.names, problem.layout.mean, strict=True)
    return _z(problem, np.array([known.get(name, mean) for name, mean in prior]), rows)


def _z(problem: Problem, theta: FloatArray, rows: IntArray) -> float:
    factors = condition(problem, theta[None])
    columns = factors.root[0][:, rows]
    covariance = np.linalg.inv(columns.T @ columns)
    residual = covariance @ factors.alpha[0][rows]
    shift = residual.sum() / np.sqrt(covariance.sum())
    b = len(rows)
    ratio = max(residual @ np.linalg.solve(covariance, residual), 0.0) / b
    scatter = (np.cbrt(ratio) - (1.0 - 2.0 / (9.0 * b))) / np.sqrt(2.0 / (9.0 * b))
    return float(shift if abs(shift) > scatter else scatter)
