"""The slow way: append a measurement, condition anew, look at the variance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtwin.fusion.base import FloatArray, Observations
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import standardise
from qtwin.fusion.planner.candidates import Candidates
from qtwin.fusion.star.condition import condition
from qtwin.fusion.star.covariance import problem_of
from qtwin.fusion.star.posterior import StarFit


def appended(
    data: Observations, candidates: Candidates, row: int, *, value: float, std: float
) -> Observations:
    """The data with one more measurement, of candidate ``row``."""
    names = [spec.name for spec in data.sources]
    setting = candidates.settings[row]
    near = _nearest(data, names.index(candidates.names[row]), candidates.x[row])
    return replace(
        data,
        x=np.vstack([data.x, candidates.x[row]]),
        y=np.append(data.y, value),
        std=np.append(data.std, std),
        source=np.append(data.source, names.index(candidates.names[row])),
        gain=np.append(data.gain, np.nan if setting.gain is None else setting.gain),
        mixed_value=np.append(data.mixed_value, data.mixed_value[near]),
        knobs={
            name: np.append(values, setting.knobs.get(name, np.nan))
            for name, values in data.knobs.items()
        },
        epoch=(*data.epoch, max(data.epoch)) if data.epoch else (),
    )


def reconditioned(fit: StarFit, data: Observations) -> StarFit:
    """The fit at its own hyperparameters and scale, with other data."""
    sites = standardise(merge(data, like=fit.sites), fit.scale)
    return replace(fit, sites=sites, factors=condition(problem_of(sites), fit.factors.theta))


def sample_variance(fit: StarFit, grid: FloatArray) -> FloatArray:
    """Variance of the truth within each sample, averaged, in standardised units."""
    belief = fit.predict(grid)
    within = belief.std**2 - belief.budget["hyperparameters"]
    variance: FloatArray = within / (fit.c2 * fit.scale.factor**2)
    return variance


def _nearest(data: Observations, source: int, x: FloatArray) -> int:
    rows = np.flatnonzero(data.source == source)
    scaled = (data.x[rows] - x) / np.ptp(data.bounds, axis=1)
    return int(rows[np.argmin((scaled**2).sum(axis=1))])
