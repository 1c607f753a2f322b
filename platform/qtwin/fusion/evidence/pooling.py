"""Pool the repeats of a site, and rows that share shots, by their statistical errors alone.

Shapes: ``n`` observations, ``N`` sites.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations


def pool(
    data: Observations, site: IntArray, mixed: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Inverse-variance means and variance; rows without error outweigh all that have one."""
    n = int(site.max()) + 1
    order = np.lexsort((mixed, data.std, data.y, site))
    site, y, mixed, var = site[order], data.y[order], mixed[order], data.std[order] ** 2
    exact = np.bincount(site, weights=var == 0.0, minlength=n) > 0
    weight = np.where(exact[site], var == 0.0, 1.0 / np.where(var > 0.0, var, 1.0))
    total = np.bincount(site, weights=weight, minlength=n)
    mean = np.bincount(site, weights=weight * y, minlength=n) / total
    chi2 = np.bincount(site, weights=weight * (y - mean[site]) ** 2, minlength=n)
    excess = _birge(np.asarray(chi2, dtype=np.float64), np.bincount(site).astype(np.float64) - 1.0)
    return (
        mean,
        np.bincount(site, weights=weight * mixed, minlength=n) / total,
        np.where(exact, 0.0, excess / total),
    )


def _birge(chi2: FloatArray, freedom: FloatArray) -> FloatArray:
    """Ratio of Birge (1932) where repeats scatter far more than their errors; 1 elsewhere.

    The threshold is near five sigma, so that honest repeats are pooled exactly.
    """
    free = np.maximum(freedom, 1.0)
    return np.where(chi2 > free + 10.0 * np.sqrt(2.0 * free) + 10.0, chi2 / free, 1.0)


def share(
    data: Observations, site: IntArray, y: FloatArray, var: FloatArray
) -> tuple[IntArray, FloatArray] | None:
    """Pool the sites that groups touch together, in place; their covariance off the diagonal.

    An exact repeat outweighs rows of a group; such sites keep what ``pool`` said.
    """
    grouped = np.unique(site[np.concatenate([group.rows for group in data.groups])])
    touched = grouped[var[grouped] > 0.0]
    if not len(touched):
        return None
    rows = np.flatnonzero(np.isin(site, touched))
    rows = rows[np.lexsort((data.std[rows], data.y[rows], site[rows]))]
    place = {int(row): i for i, row in enumerate(rows)}
    noise = np.diag(data.std[rows] ** 2)
    for group in data.groups:
        inside = [i for i, row in enumerate(group.rows) if int(row) in place]
        at = [place[int(group.rows[i])] for i in inside]
        noise[np.ix_(at, at)] = group.covariance[np.ix_(inside, inside)]
    design = (site[rows][:, None] == touched[None, :]).astype(np.float64)
    weighted = np.linalg.solve(noise, design)
    covariance = np.linalg.inv(design.T @ weighted)
    covariance = 0.5 * (covariance + covariance.T)
    y[touched] = covariance @ (weighted.T @ data.y[rows])
    var[touched] = np.diag(covariance)
    return touched, covariance - np.diag(np.diag(covariance))


def age(drift: FloatArray, site: IntArray, signal: FloatArray) -> FloatArray:
    """Variance that sites have gained since they were measured, shape ``(N,)``.

    Repeats share the drift of their device, so that more of them do not make it smaller. Between
    sites it counts as independent.

    Args:
        drift: Of the observations, shape ``(n,)``.
        signal: Distance of each site from its mixed value, shape ``(N,)``; 0 where that is unknown.
    """
    most = np.zeros(len(signal))
    np.maximum.at(most, site, drift)
    gained: FloatArray = (most * signal) ** 2
    return gained
