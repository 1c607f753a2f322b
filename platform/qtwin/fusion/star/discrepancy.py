"""What a source adds to the truth: ``a_s(x) delta_s(x)``, its trusted or distrusted error.

``delta_s ~ GP(0, 1 + Matérn-5/2)`` and ``a_s(x) = A_s exp(g_s . (x - 1/2))``, so trust is learned
per source and per region. Gains, epochs and knobs add parts of their own (``sharing``):
``K_ij = e_i e_j (1 + M_ij) Σ_k A_k² P_k,ij`` with ``e_i = exp(g . (x_i - 1/2))``.
Shapes: ``n`` rows of one source, ``b`` and ``m`` of those, ``D`` controls, ``P`` hyperparameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.blocks import Block, symmetric
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.kernel import Matern
from qtwin.fusion.prior import BIAS_CONSTANT
from qtwin.fusion.star.parameters import SourceIndex
from qtwin.fusion.star.squares import Squares
from qtwin.fusion.trend import growth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Discrepancy:
    """Covariance of one source's discrepancy at its rows, and what its gradient needs.

    All have one shape: ``(n, n)``, or ``(b, m)`` where only a block was asked for.

    Attributes:
        covariance: That of the discrepancy.
        shape: ``e_i e_j (1 + M_ij)``.
        mix: ``Σ_k A_k² P_k``.
        outer: ``e_i e_j``.
        matern: M.
    """

    covariance: FloatArray
    shape: FloatArray
    mix: FloatArray
    outer: FloatArray
    matern: Matern


def discrepancy(
    theta: FloatArray,
    index: SourceIndex,
    sites: Sites,
    squares: Squares,
    own: float = 1.0,
    *,
    block: Block | None = None,
) -> Discrepancy | None:
    """The discrepancy of one source, None if it has none.

    Args:
        theta: Hyperparameters.
        index: Where those of the source are.
        sites: The measurements.
        squares: Of all sites.
        own: Part of the source's variance that it shares with no other.
        block: Which of the source's rows and columns; all by default.
    """
    if index.log_length is None:
        return None
    block = block or Block.whole(index.rows.stop - index.rows.start)
    matern = squares.correlation(block.within(index.rows), theta[index.log_length])
    e = growth(theta[index.trend], sites.x[index.rows])
    outer = e[block.rows, None] * e[None, block.columns]
    mix = own * np.exp(2.0 * theta[index.log_amplitudes[0]]) * index.patterns[0][block]
    for place, pattern in zip(index.log_amplitudes[1:], index.patterns[1:], strict=True):
        mix += np.exp(2.0 * theta[place]) * pattern[block]
    shape = matern.value + BIAS_CONSTANT
    shape *= outer
    return Discrepancy(
        covariance=shape * mix,
        shape=shape,
        mix=mix,
        outer=outer,
        matern=matern,
    )


def discrepancy_covariance(
    theta: FloatArray, index: SourceIndex, sites: Sites, squares: Squares, own: float = 1.0
) -> FloatArray | None:
    """Its covariance alone, shape ``(n, n)``, block by block; the arguments of ``discrepancy``."""
    if index.log_length is None:
        return None

    def covariance(block: Block) -> FloatArray:
        part = discrepancy(theta, index, sites, squares, own, block=block)
        assert part is not None  # it has length scales
        return part.covariance

    return symmetric(index.rows.stop - index.rows.start, covariance)


def add_discrepancy_gradient(
    gradient: FloatArray,
    weight: FloatArray,
    *,
    theta: FloatArray,
    index: SourceIndex,
    sites: Sites,
    squares: FloatArray,
    part: Discrepancy,
    own: float = 1.0,
) -> float:
    """Add ``Σ_ij W_ij dK_ij`` to ``gradient``; weight W has shape ``(n, n)``.

    Returns:
        The derivative by ``own``.
    """
    weighted = weight * part.shape
    by_own = np.exp(2.0 * theta[index.log_amplitudes[0]]) * np.vdot(weighted, index.patterns[0])
    gradient[index.log_amplitudes[0]] += 2.0 * own * by_own
    for place, pattern in zip(index.log_amplitudes[1:], index.patterns[1:], strict=True):
        gradient[place] += 2.0 * np.exp(2.0 * theta[place]) * np.vdot(weighted, pattern)
    inverse = np.exp(-2.0 * theta[index.log_length])
    slope = weight * part.mix * part.outer * part.matern.slope
    gradient[index.log_length] += inverse * np.tensordot(squares, slope, 2)
    rows = (weight * part.covariance).sum(axis=1)
    gradient[index.trend] += 2.0 * rows @ (sites.x[index.rows] - 0.5)
    return float(by_own)
