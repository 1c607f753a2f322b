"""The exact error budget of a mixture, and the share of each source.

With ``c = K⁻¹ k(x*)`` the predictive variance is that of ``f(x*) - Σ c_i y_i``. Its terms are
independent, so it splits exactly: the truth's part is epistemic, each discrepancy ``c_sᵀ K_s c_s``,
what approximations share of theirs ``cᵀ C c``, shot noise ``Σ c_i² v_i`` and jitter
``Σ c_i² (tau² + nugget)``. The variance of the samples' means is hyperparameter uncertainty (law of
total variance).
Shapes: ``T`` samples, ``N`` sites, ``M`` query points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.evidence.sites import Sites


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """One sample's prediction in standardised units; each array has shape ``(M,)``.

    Attributes:
        mean: Posterior mean of the truth.
        variance: Posterior variance by cause.
        pull: ``Σ_{i in s} c_i k_i`` by source.
    """

    mean: FloatArray
    variance: dict[str, FloatArray]
    pull: dict[str, FloatArray]


def noise_variance(sites: Sites, jitter: FloatArray, weights: FloatArray) -> dict[str, FloatArray]:
    """Variance by shot noise and by jitter, each ``(M,)``.

    Args:
        sites: The measurements.
        jitter: Variance of each site, shape ``(N,)``.
        weights: ``c``, shape ``(N, M)``.
    """
    squared = weights**2
    shot = sites.var @ squared
    if sites.shared is not None:
        rows, noise = sites.shared
        shot += np.einsum("im,im->m", weights[rows], noise @ weights[rows])
    return {"shot": shot, "jitter": jitter @ squared}


def pull_of(sites: Sites, pulls: FloatArray) -> dict[str, FloatArray]:
    """``Σ_{i in s} c_i k_i`` by source, each ``(M,)``, of ``c_i k_i`` of shape ``(N, M)``."""
    return {spec.name: pulls[sites.rows(s)].sum(axis=0) for s, spec in enumerate(sites.specs)}


def joined(parts: Sequence[Terms]) -> Terms:
    """One sample's prediction at the points of all parts."""
    first = parts[0]
    return Terms(
        mean=np.concatenate([part.mean for part in parts]),
        variance={
            key: np.concatenate([part.variance[key] for part in parts]) for key in first.variance
        },
        pull={key: np.concatenate([part.pull[key] for part in parts]) for key in first.pull},
    )


def mixture(terms: list[Terms]) -> tuple[FloatArray, dict[str, FloatArray], dict[str, FloatArray]]:
    """Mean, variance by cause and shares of the equally weighted mixture, each ``(M,)``."""
    means = np.array([term.mean for term in terms])
    variance = {key: _average(terms, "variance", key) for key in terms[0].variance}
    variance["hyperparameters"] = means.var(axis=0)
    pull = {key: _average(terms, "pull", key) for key in terms[0].pull}
    whole = sum(pull.values(), np.zeros(means.shape[1]))
    return means.mean(axis=0), variance, {key: part / whole for key, part in pull.items()}


def _average(terms: list[Terms], group: str, key: str) -> FloatArray:
    average: FloatArray = np.mean([getattr(term, group)[key] for term in terms], axis=0)
    return average
