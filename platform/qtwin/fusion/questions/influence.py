"""How far measurements move a prediction: what it would be without them, in closed form.

Hyperparameters, units and calibration are held. Without some of its observations a site has more
noise, by a covariance D among the sites B that they belong to, and another pooled value, by d.
With ``P = [K⁻¹]_BB``, the weights ``c = [K⁻¹ k(x*)]_B`` and ``S = D (I + P D)⁻¹`` (Woodbury) the
prediction changes by

``cᵀd - cᵀ S (α_B + P d)`` in the mean and ``cᵀ S c`` in the variance.

A site that loses everything has infinite D, which gives ``S = P⁻¹``, the leave-one-out of
``calibration``; here its noise is `_GONE` spreads, less than rounding away from that. Observations
of an epoch that the fit left out move nothing.
Shapes: ``T`` samples, ``N`` sites, ``M`` query points, ``L`` blocks, ``b`` sites of a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray, Observations, ShotGroup
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import standardise
from qtwin.fusion.evidence.selection import select
from qtwin.fusion.evidence.sites import Sites, add_noise
from qtwin.fusion.process import Probe
from qtwin.fusion.star.posterior import StarFit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GONE = 1e8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """What each block of observations does to a prediction.

    Attributes:
        mean: How far the block moves the mean, with it less without it, shape ``(L, M)``.
        std: One sigma without the block, shape ``(L, M)``.
    """

    mean: FloatArray
    std: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Change:
    """What leaving out a block does to the sites, in standardised units.

    Attributes:
        rows: Sites that change, shape ``(b,)``.
        noise: D, shape ``(b, b)``.
        y: Change of their pooled values, shape ``(b,)``.
        mixed: Change of their pooled values of the mixed state, shape ``(b,)``.
    """

    rows: IntArray
    noise: FloatArray
    y: FloatArray
    mixed: FloatArray


def influence(
    fit: StarFit, data: Observations, blocks: Sequence[IntArray], x: FloatArray
) -> Influence:
    """Leave out one block after the other.

    Args:
        fit: The fit to all observations.
        data: The observations that it was made from.
        blocks: Rows of ``data`` that leave together, L blocks.
        x: Query points in canonical units, shape ``(M, D)``.

    Raises:
        ValueError: ``data`` are not what the fit was made from, or ``x`` is refused by ``predict``.
    """
    changes = [_change(fit, data, np.asarray(rows, dtype=np.int64)) for rows in blocks]
    probe = Probe(x=fit.checked(x))
    cross = np.array([process.cross(probe) for process in fit.processes])
    means = np.einsum("tn,tnm->tm", fit.factors.alpha, cross)
    moved = np.empty((len(blocks), *means.shape))
    more = np.empty_like(moved)
    touched = np.unique(np.concatenate([change.rows for change in changes]))
    units = (np.arange(len(fit.sites.y))[:, None] == touched).astype(np.float64)
    for t in range(len(means)):
        white = fit.factors.whiten(t, np.hstack([units, cross[t]]))
        roots, answers = white[:, : len(touched)], white[:, len(touched) :]
        for block, change in enumerate(changes):
            columns = roots[:, np.searchsorted(touched, change.rows)]
            moved[block, t], more[block, t] = _left_out(
                fit, t, change, columns=columns, white=answers, rho=fit.processes[t].rho
            )
    variance = more.mean(axis=1) + (means + moved).var(axis=1) - means.var(axis=0)
    before = fit.predict(x).std ** 2
    factor = fit.scale.factor
    return Influence(
        mean=-factor * moved.mean(axis=1),
        std=np.sqrt(np.maximum(before + fit.c2 * factor**2 * variance, 0.0)),
    )


def _left_out(
    fit: StarFit,
    t: int,
    change: _Change,
    *,
    columns: FloatArray,
    white: FloatArray,
    rho: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Change of one sample's mean and variance, each shape ``(M,)``.

    Args:
        fit: The fit.
        t: The sample.
        change: What leaves.
        columns: Whitened unit vectors of its sites, shape ``(N, b)``.
        white: Whitened covariance with the query points, shape ``(N, M)``.
        rho: Transmission of the sites, shape ``(N,)``.
    """
    rows = change.rows
    precision = columns.T @ columns
    weights = columns.T @ white
    d = change.y - (1.0 - rho[rows]) * change.mixed
    inner = np.eye(len(rows)) + precision @ change.noise
    spread = np.linalg.solve(inner.T, change.noise.T).T
    pull = fit.factors.alpha[t, rows] + precision @ d
    return weights.T @ (d - spread @ pull), np.einsum("bm,bc,cm->m", weights, spread, weights)


def _change(fit: StarFit, data: Observations, rows: IntArray) -> _Change:
    """Only the sources of a block are merged again; others keep their sites."""
    seen = _seen(fit, data)
    mine = np.flatnonzero(np.isin(data.source, np.unique(data.source[rows])) & seen)
    rows = rows[seen[rows]]
    if not len(rows):
        return _Change(rows=rows, noise=np.zeros((0, 0)), y=np.zeros(0), mixed=np.zeros(0))
    place = _sites_of(fit.sites, {data.sources[s].name for s in data.source[rows]})
    gone = _GONE * fit.scale.factor
    before = standardise(merge(select(data, mine)), fit.scale)
    after = standardise(merge(select(_weakened(data, rows, gone), mine)), fit.scale)
    if len(before.y) != len(place) or not np.allclose(before.y, fit.sites.y[place], atol=1e-9):
        raise ValueError("these observations are not those that the fit was made from")
    noise = _noise(after) - _noise(before)
    y, mixed = after.y - before.y, after.mixed - before.mixed
    moved = np.flatnonzero(noise.any(axis=1) | (y != 0.0) | (mixed != 0.0))
    return _Change(
        rows=place[moved],
        noise=noise[np.ix_(moved, moved)],
        y=y[moved],
        mixed=mixed[moved],
    )


def _seen(fit: StarFit, data: Observations) -> NDArray[np.bool_]:
    """Observations that the fit did not leave out, shape ``(n,)``."""
    seen = np.ones(len(data.y), dtype=bool)
    for conflict in fit.conflicts:
        name = np.array([data.sources[s].name == conflict.source for s in data.source])
        seen &= ~(name & (np.array(data.epoch) == conflict.epoch))
    return seen


def _sites_of(sites: Sites, names: set[str]) -> IntArray:
    chosen = [s for s, spec in enumerate(sites.specs) if spec.name in names]
    return np.flatnonzero(np.isin(sites.source, chosen))


def _weakened(data: Observations, rows: IntArray, std: float) -> Observations:
    """The same observations, some of which have next to no weight."""
    weak = data.std.copy()
    weak[rows] = std
    groups = tuple(_weak(group, np.isin(group.rows, rows), std) for group in data.groups)
    return replace(data, std=weak, groups=groups)


def _weak(group: ShotGroup, rows: NDArray[np.bool_], std: float) -> ShotGroup:
    covariance = np.array(group.covariance, dtype=np.float64)
    covariance[rows, rows] = std**2
    return replace(group, covariance=covariance)


def _noise(sites: Sites) -> FloatArray:
    """Covariance of the sites' statistical errors, shape ``(N, N)``."""
    noise = np.zeros((len(sites.y), len(sites.y)))
    add_noise(noise, sites)
    return noise
