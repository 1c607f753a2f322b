"""Covariance of all measurements under one vector of hyperparameters.

``k_f = 4 + a_i a_j M`` with ``a_i = A_f exp(g_f . (x_i - 1/2))`` and
``K_ij = rho_i rho_j k_f(x_i, x_j) + [s_i = s_j] K_s(x_i, x_j) + C_ij + V_ij
+ [i = j] (tau_s² + nugget)``, the linear sum over latents of Kennedy & O'Hagan (2000), as a star
instead of their chain. C is the error that approximations share (``shared``), V the known
covariance of the shot noise. A device whose mixed value nobody stated has one more latent,
``m ~ N(0, 9)``, seen through ``1 - rho``.
Shapes: ``N`` sites, ``D`` controls, ``P`` hyperparameters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.blocks import upper_blocks
from qtwin.fusion.evidence.sites import Sites, add_noise
from qtwin.fusion.kernel import Matern, matern52, squared_distance
from qtwin.fusion.prior import NUGGET, TRUTH_CONSTANT
from qtwin.fusion.star.channel import transmission
from qtwin.fusion.star.discrepancy import Discrepancy, discrepancy
from qtwin.fusion.star.parameters import MIXED_VARIANCE, Layout, SourceIndex, lay_out
from qtwin.fusion.star.shared import Shared, shared_error, shared_part
from qtwin.fusion.star.squares import Squares
from qtwin.fusion.trend import growth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Standardised sites with what does not depend on hyperparameters.

    Attributes:
        sites: In standardised units.
        layout: The hyperparameters.
        squares: Squared differences per control among the sites.
        shared_squares: Those among the rows that share an error.
    """

    sites: Sites
    layout: Layout
    squares: Squares
    shared_squares: Squares


def problem_of(sites: Sites, *, stationary: bool = False, sharing: bool = True) -> Problem:
    """Prepare standardised sites."""
    layout = lay_out(sites, stationary=stationary, sharing=sharing)
    sharing_x = sites.x[layout.shared.rows if layout.shared else []]
    return Problem(
        sites=sites,
        layout=layout,
        squares=Squares(x=sites.x),
        shared_squares=Squares(x=sharing_x),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariance:
    """``K`` and its pieces.

    Attributes:
        matrix: Shape ``(N, N)``.
        residual: ``y - (1 - rho) m``, shape ``(N,)``.
        rho: Transmission of each row, shape ``(N,)``.
        jitter: ``tau_s²`` plus the nugget, shape ``(N,)``.
        truth: ``k_f`` before transmission, shape ``(N, N)``.
        matern: Its correlation, shape ``(N, N)``.
        amplitude: ``a`` of each row, shape ``(N,)``.
        parts: Discrepancy of each source, None for references.
        shared: What approximations share of theirs.
    """

    matrix: FloatArray
    residual: FloatArray
    rho: FloatArray
    jitter: FloatArray
    truth: FloatArray
    matern: Matern
    amplitude: FloatArray
    parts: tuple[Discrepancy | None, ...]
    shared: Shared | None


def upper_covariance(
    theta: FloatArray, problem: Problem, *, out: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """The upper triangle of ``K``, which a factorisation needs, and the residual.

    Block by block, so that the memory of one block serves them all; the rest of the matrix, shape
    ``(N, N)``, is undefined. It may be given, contiguous by rows.
    """
    sites, layout = problem.sites, problem.layout
    n = len(sites.y)
    rho = np.concatenate([transmission(theta, index, sites) for index in layout.sources])
    seen = rho * truth_amplitude(theta, layout, sites.x)
    matrix = np.empty((n, n)) if out is None else out
    for block in upper_blocks(n):
        rows, columns = block
        known = problem.squares.correlation(block, theta[layout.log_length])
        truth = np.multiply(known.value, seen[rows, None], out=matrix[block])
        truth *= seen[None, columns]
        truth += TRUTH_CONSTANT * rho[rows, None] * rho[None, columns]
    _add_upper_discrepancies(matrix, theta, problem, rho)
    add_noise(matrix, sites, jitter_of(theta, layout, n))
    return matrix, sites.y - (1.0 - rho) * sites.mixed


def covariance(theta: FloatArray, problem: Problem) -> Covariance:
    """Assemble ``K`` at one vector of hyperparameters, shape ``(P,)``."""
    sites, layout = problem.sites, problem.layout
    distance = squared_distance(problem.squares.all, theta[layout.log_length])
    matern = matern52(distance, overwrite=True)
    amplitude = truth_amplitude(theta, layout, sites.x)
    truth = amplitude[:, None] * matern.value
    truth *= amplitude[None, :]
    truth += TRUTH_CONSTANT
    rho = np.concatenate([transmission(theta, index, sites) for index in layout.sources])
    matrix = rho[:, None] * truth
    matrix *= rho[None, :]
    parts, shared = _add_discrepancies(matrix, theta, problem, rho)
    jitter = jitter_of(theta, layout, len(sites.y))
    add_noise(matrix, sites, jitter)
    return Covariance(
        matrix=matrix,
        residual=sites.y - (1.0 - rho) * sites.mixed,
        rho=rho,
        jitter=jitter,
        truth=truth,
        matern=matern,
        amplitude=amplitude,
        parts=parts,
        shared=shared,
    )


def truth_amplitude(theta: FloatArray, layout: Layout, x: FloatArray) -> FloatArray:
    """``A_f exp(g_f . (x - 1/2))`` at points of the unit cube, shape ``(M,)``."""
    amplitude = np.full(len(x), np.exp(theta[layout.log_amplitude]))
    return amplitude if layout.trend is None else amplitude * growth(theta[layout.trend], x)


def _add_discrepancies(
    matrix: FloatArray, theta: FloatArray, problem: Problem, rho: FloatArray
) -> tuple[tuple[Discrepancy | None, ...], Shared | None]:
    """Add what sources have of their own and share; gives both."""
    sites, layout = problem.sites, problem.layout
    parts = tuple(
        discrepancy(theta, index, sites, problem.squares, 1.0 - shared_part(theta, layout, s))
        for s, index in enumerate(layout.sources)
    )
    for index, part in zip(layout.sources, parts, strict=True):
        if part is not None:
            matrix[index.rows, index.rows] += part.covariance
        _add_opacity(matrix, index, rho, sites)
    if layout.shared is None:
        return parts, None
    shared = shared_error(theta, layout, layout.shared, sites, problem.shared_squares)
    layout.shared.add(matrix, shared.covariance)
    return parts, shared


def _add_upper_discrepancies(
    matrix: FloatArray, theta: FloatArray, problem: Problem, rho: FloatArray
) -> None:
    """The same for the upper triangle, block by block."""
    sites, layout = problem.sites, problem.layout
    for s, index in enumerate(layout.sources):
        _add_upper_own(matrix, theta, problem, index, 1.0 - shared_part(theta, layout, s))
        _add_opacity(matrix, index, rho, sites)
    if layout.shared is None:
        return
    for block in upper_blocks(len(layout.shared.rows)):
        shared = shared_error(
            theta, layout, layout.shared, sites, problem.shared_squares, block=block
        )
        layout.shared.add(matrix, shared.covariance, block)


def _add_upper_own(
    matrix: FloatArray, theta: FloatArray, problem: Problem, index: SourceIndex, own: float
) -> None:
    """The upper triangle of the discrepancy of one source, if it has one."""
    if index.log_length is None:
        return
    for block in upper_blocks(index.rows.stop - index.rows.start):
        part = discrepancy(theta, index, problem.sites, problem.squares, own, block=block)
        assert part is not None  # it has length scales
        matrix[block.within(index.rows)] += part.covariance


def _add_opacity(matrix: FloatArray, index: SourceIndex, rho: FloatArray, sites: Sites) -> None:
    """What the rows of one source share of a mixed value that is unknown."""
    opaque = opacity(rho, index, sites)
    if opaque is not None:
        matrix[index.rows, index.rows] += MIXED_VARIANCE * np.outer(opaque, opaque)


def opacity(rho: FloatArray, index: SourceIndex, sites: Sites) -> FloatArray | None:
    """``1 - rho`` of the rows of one source whose mixed value is unknown, 0 of its others.

    None when the source has no such row.
    """
    unknown = sites.mixed_unknown[index.rows]
    return np.where(unknown, 1.0 - rho[index.rows], 0.0) if unknown.any() else None


def jitter_of(theta: FloatArray, layout: Layout, n: int) -> FloatArray:
    """``tau_s²`` plus the nugget of each row, shape ``(N,)``; references have the nugget only."""
    jitter = np.full(n, NUGGET)
    for index in layout.sources:
        if index.log_jitter is not None:
            jitter[index.rows] += np.exp(2.0 * theta[index.log_jitter])
    return jitter
