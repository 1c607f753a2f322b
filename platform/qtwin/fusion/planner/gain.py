"""What one run is expected to teach.

- The whole curve: the integrated reduction of the truth's variance,
  ``mean_theta Σ_x w(x) Cov(f(x), y')² / (Var(z) + v)``, where y' = z + e is the run's value, z
  includes the source's jitter tau² and v is the variance of its shots.
- An optimum: by how much the best posterior mean is expected to improve, the knowledge gradient
  ``mean_theta E[max_x (m(x) + Cov(f(x), y') / sd(y') Z)] - max_x m(x)`` with Z ~ N(0, 1); for a run
  of a cheap source too (Frazier, Powell & Dayanik 2009; Poloczek, Wang & Frazier 2017).

Shapes: ``T`` samples, ``M`` grid points, ``C`` candidates, ``O`` shot counts.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.planner.outlook import Outlook

_PARTS = 32


def variance_reduction(outlook: Outlook, noise: FloatArray, weights: FloatArray) -> FloatArray:
    """Integrated variance reduction, shape ``(C, O)``, standardised; noise is ``(C, O)``."""
    taught = np.einsum("m,tmc->tc", weights, outlook.cross**2)
    own = np.diagonal(outlook.spread, axis1=1, axis2=2)
    total = np.maximum(own, 0.0)[:, :, None] + noise[None, :, :]
    safe = np.where(total > 0.0, total, 1.0)
    gain: FloatArray = np.where(total > 0.0, taught[:, :, None] / safe, 0.0).mean(axis=0)
    return gain


def improvement(outlook: Outlook, noise: FloatArray, *, sign: float) -> FloatArray:
    """Expected improvement of the maximum of ``sign * f``, shape ``(C, O)``, standardised."""
    normal = _quantiles()
    own = np.maximum(np.diagonal(outlook.spread, axis1=1, axis2=2), 0.0)
    gain = np.zeros(noise.shape)
    for option in range(noise.shape[1]):
        sd = np.sqrt(own + noise[:, option])
        for t in range(len(outlook.mean)):
            slope = outlook.cross[t] / np.where(sd[t] > 0.0, sd[t], np.inf)
            mean = sign * outlook.mean[t]
            best = np.stack([(mean[:, None] + slope * z).max(axis=0) for z in normal])
            gain[:, option] += best.mean(axis=0) - mean.max()
    return gain / len(outlook.mean)


@lru_cache(maxsize=1)
def _quantiles() -> FloatArray:
    """Means of equally likely parts of the normal distribution: linear functions stay exact."""
    from scipy.special import ndtri

    edges = np.asarray(ndtri(np.arange(_PARTS + 1) / _PARTS), dtype=np.float64)
    density = np.exp(-0.5 * edges**2) / np.sqrt(2.0 * np.pi)
    means: FloatArray = _PARTS * (density[:-1] - density[1:])
    return means
