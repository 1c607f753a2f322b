"""The error that approximations have in common.

Methods that fail for one reason agree with each other and not with the truth: Hartree-Fock and MP2
both on a stretched bond. Of the variance of the discrepancy of each approximation s, a part r_s is
of one function for all of them, so that their agreement is evidence of the truth only as far as it
is not of that:

``Cov = [s = t] (1 - r_s) A_s² e_i e_j (1 + M_s,ij) + √(r_s r_t) A_s A_t e_i e_j (1 + M_c,ij)``

with ``e_i = exp(g_s . (x_i - 1/2))`` and length scales of its own for the shared function: one
common factor, the linear model of coregionalization with errors for its outputs. What knobs add
stays each source's own. The r_s are marginalised with the other hyperparameters.
Shapes: ``n`` rows of the sources that share, ``b`` and ``m`` of those, ``D`` controls, ``P``
hyperparameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt, tanh

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.blocks import Block, symmetric
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.kernel import Matern
from qtwin.fusion.prior import BIAS_CONSTANT
from qtwin.fusion.star.parameters import Layout, SharedIndex
from qtwin.fusion.star.squares import Squares
from qtwin.fusion.trend import growth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """Covariance of the shared error at the rows that share it, and what its gradient needs.

    All have one shape: ``(n, n)``, or ``(b, m)`` where only a block was asked for.

    Attributes:
        covariance: That of the shared error.
        outer: ``√(r_s r_t) A_s A_t e_i e_j``.
        matern: M.
    """

    covariance: FloatArray
    outer: FloatArray
    matern: Matern


def shared_part(theta: FloatArray, layout: Layout, source: int) -> float:
    """``r_s`` of one source, by index; 0 where it shares nothing."""
    index = layout.shared
    if index is None or source not in index.sources:
        return 0.0
    return 0.5 + 0.5 * tanh(0.5 * theta[index.logits[index.sources.index(source)]])


def shared_error(
    theta: FloatArray,
    layout: Layout,
    index: SharedIndex,
    sites: Sites,
    squares: Squares,
    *,
    block: Block | None = None,
) -> Shared:
    """The shared error.

    Args:
        theta: Hyperparameters.
        layout: Where they are.
        index: Where those of the shared error are.
        sites: The measurements.
        squares: Of the rows that share it.
        block: Which of those rows and columns; all by default.
    """
    block = block or Block.whole(len(index.rows))
    matern = squares.correlation(block, theta[index.log_length])
    loading = np.concatenate([_loading(theta, layout, sites, s) for s in index.sources])
    outer = loading[block.rows, None] * loading[block.columns]
    covariance = matern.value + BIAS_CONSTANT
    covariance *= outer
    return Shared(covariance=covariance, outer=outer, matern=matern)


def shared_covariance(
    theta: FloatArray, layout: Layout, index: SharedIndex, sites: Sites, squares: Squares
) -> FloatArray:
    """Its covariance alone, shape ``(n, n)``, block by block; the arguments of ``shared_error``."""

    def covariance(block: Block) -> FloatArray:
        return shared_error(theta, layout, index, sites, squares, block=block).covariance

    return symmetric(len(index.rows), covariance)


def add_shared_gradient(
    gradient: FloatArray,
    weight: FloatArray,
    *,
    theta: FloatArray,
    layout: Layout,
    index: SharedIndex,
    sites: Sites,
    squares: FloatArray,
    part: Shared,
    by_own: Sequence[float],
) -> None:
    """Add ``Σ_ij W_ij dK_ij`` to ``gradient``.

    Args:
        gradient: Shape ``(P,)``.
        weight: W among the rows that share, shape ``(n, n)``.
        theta: Hyperparameters.
        layout: Where they are.
        index: Where those of the shared error are.
        sites: The measurements.
        squares: Squared differences among the rows, shape ``(D, n, n)``.
        part: The shared error.
        by_own: Derivative by the part of each source that it does not share.
    """
    rows = (weight * part.covariance).sum(axis=1)
    inverse = np.exp(-2.0 * theta[index.log_length])
    gradient[index.log_length] += inverse * np.tensordot(
        squares, weight * part.outer * part.matern.slope, 2
    )
    of = sites.source[index.rows]
    for place, s in zip(index.logits, index.sources, strict=True):
        source, mine = layout.sources[s], of == s
        by_log, r = rows[mine].sum(), shared_part(theta, layout, s)
        gradient[place] += (1.0 - r) * (by_log - r * by_own[s])
        gradient[source.log_amplitudes[0]] += 2.0 * by_log
        gradient[source.trend] += 2.0 * rows[mine] @ (sites.x[source.rows] - 0.5)


def _loading(theta: FloatArray, layout: Layout, sites: Sites, source: int) -> FloatArray:
    """``√r_s A_s e_i`` at the rows of one source."""
    index = layout.sources[source]
    amplitude = exp(theta[index.log_amplitudes[0]])
    e = growth(theta[index.trend], sites.x[index.rows])
    return sqrt(shared_part(theta, layout, source)) * amplitude * e
