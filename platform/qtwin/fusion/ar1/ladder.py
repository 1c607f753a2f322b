"""The ladder: sites on their levels, and the prior of its hyperparameters.

Shapes: ``N`` sites, ``P`` hyperparameters, ``D`` controls, ``L`` levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qtwin.fusion.ar1.correlation import MATERN, Correlation
from qtwin.fusion.ar1.levels import Levels
from qtwin.fusion.base import FloatArray, IntArray, Role
from qtwin.fusion.evidence.sites import Sites
from qtwin.fusion.kernel import squared_differences
from qtwin.fusion.prior import LOG_AMPLITUDE, LOG_JITTER, NUGGET, TRUTH_LOG_AMPLITUDE, length_prior

RATIO = (1.0, 0.5)
"""Mean and sigma of rho_t above an approximation, which has the truth's unit."""

UNDAMPING = (1.2, 0.5)
"""Mean and sigma of rho_t above a device."""

FEW = 3
"""Sites of a level from which its ratio can be learned; with fewer its sigma is a fifth."""

_ROLES = (Role.DEVICE, Role.APPROXIMATION, Role.REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """Standardised sites on their levels, and the Gaussian prior of the hyperparameters.

    The vector is, level by level, ``rho`` (above the lowest), ``log A``, D ``log l`` and, where the
    level is not of a reference, ``log tau``; a truth that nobody measured has none.

    Attributes:
        sites: In standardised units.
        level: Of each site, shape ``(N,)``.
        sources: Of each level, the source that it is of.
        unmeasured: Whether the top level has no sites.
        squares: Squared differences per control, shape ``(D, N, N)``.
        names: Of the hyperparameters.
        mean: Shape ``(P,)``.
        sigma: Shape ``(P,)``.
        correlation: Of every level.
    """

    sites: Sites
    level: IntArray
    sources: tuple[str, ...]
    unmeasured: bool
    squares: FloatArray
    names: tuple[str, ...]
    mean: FloatArray
    sigma: FloatArray
    correlation: Correlation = MATERN

    def of(self, theta: FloatArray) -> Levels:
        """What a vector says of each level."""
        d, place = len(self.squares), dict(zip(self.names, theta, strict=True))
        levels = range(len(self.sources))
        jitter = [np.exp(2.0 * place.get(f"{t}.log_jitter", -np.inf)) for t in levels]
        return Levels(
            ratio=np.array([place.get(f"{t}.ratio", 1.0) for t in levels]),
            amplitude2=np.array(
                [np.exp(2.0 * place.get(f"{t}.log_amplitude", sum(LOG_AMPLITUDE))) for t in levels]
            ),
            inverse2=np.array(
                [
                    [np.exp(-2.0 * place.get(f"{t}.log_length[{i}]", 0.0)) for i in range(d)]
                    for t in levels
                ]
            ),
            jitter=np.array(jitter)[self.level] + NUGGET,
            correlation=self.correlation,
        )


def ladder_of(sites: Sites, correlation: Correlation = MATERN) -> Ladder:
    """Order standardised sites into levels; the order of the rows has no part in it."""
    counts = np.bincount(sites.source)
    at_limit = ~sites.distance.any(axis=1)
    roles = np.array([_ROLES.index(spec.role) for spec in sites.specs])[sites.source]
    exact = (roles == _ROLES.index(Role.REFERENCE)) & at_limit
    key = np.column_stack(
        [exact, roles, -counts[sites.source], sites.source, -sites.distance, -sites.gain]
    )
    key[exact, 1:] = 0.0
    levels, level = np.unique(key, axis=0, return_inverse=True)
    level = level.ravel()
    sources = [sites.specs[sites.source[np.argmax(level == t)]].name for t in range(len(levels))]
    of_device = [bool(np.any(roles[level == t] == 0)) for t in range(len(levels))]
    ratios = _ratios(of_device, np.bincount(level))
    prior = _prior(ratios, sites.x.shape[1], exact=bool(exact.any()))
    return Ladder(
        sites=sites,
        level=level,
        sources=(*sources, *([] if exact.any() else [""])),
        unmeasured=not exact.any(),
        squares=squared_differences(sites.x, sites.x),
        names=tuple(prior),
        mean=np.array([mean for mean, _ in prior.values()]),
        sigma=np.array([sigma for _, sigma in prior.values()]),
        correlation=correlation,
    )


def _ratios(of_device: list[bool], counts: IntArray) -> list[tuple[float, float]]:
    """Prior of the ratio of each level above the lowest."""
    found = []
    for (low, high), count in zip(pairwise(of_device), counts[1:], strict=True):
        mean, sigma = UNDAMPING if low and not high else RATIO
        found.append((mean, sigma / 5 if count < FEW else sigma))
    return found


def _prior(
    ratios: list[tuple[float, float]], d: int, *, exact: bool
) -> dict[str, tuple[float, float]]:
    prior: dict[str, tuple[float, float]] = {}
    for t in range(len(ratios) + 1):
        if t:
            prior[f"{t}.ratio"] = ratios[t - 1]
        prior[f"{t}.log_amplitude"] = LOG_AMPLITUDE if t else TRUTH_LOG_AMPLITUDE
        prior |= {f"{t}.log_length[{i}]": length_prior(d) for i in range(d)}
        if not exact or t < len(ratios):
            prior[f"{t}.log_jitter"] = LOG_JITTER
    return prior
