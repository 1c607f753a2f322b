"""How far a prediction can be trusted at a place, by what was measured around it.

Distances are in ranges of the controls: 1 is from the lower to the upper bound of one of them.
Shapes: ``M`` query points, ``R`` measured points, ``D`` controls, ``K`` directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import Claim, FloatArray
from qtwin.fusion.star.covariance import truth_amplitude
from qtwin.fusion.star.posterior import StarFit

SAID_LITTLE = 0.5
"""Part of the prior σ above which measurements say little."""

_DIRECTIONS = 720
_ROOM = 1e-9  # by which a point on the border of a hull may lie outside of it


class Standing(StrEnum):
    """What a prediction rests on.

    ``CALIBRATED``: among references, in a twin whose band was checked on them. ``INTERPOLATED``:
    among measurements, though not among references, or among too few. ``VAGUE``: among
    measurements that say little, as σ is more than `SAID_LITTLE` of the prior's: in a wide gap, or
    without an anchor. ``EXTRAPOLATED``: beyond all measurements.
    """

    CALIBRATED = "calibrated"
    INTERPOLATED = "interpolated"
    VAGUE = "vague"
    EXTRAPOLATED = "extrapolated"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trust:
    """At ``M`` points.

    Attributes:
        standing: What each prediction rests on, length M.
        evidence: Distance to the nearest measurement, shape ``(M,)``.
        reference: Distance to the nearest reference point, shape ``(M,)``; infinite without any.
        relative: σ over the prior σ, shape ``(M,)``: how far the truth swings where nothing is
            measured, which is the amplitude of its Matérn part.
    """

    standing: list[Standing]
    evidence: FloatArray
    reference: FloatArray
    relative: FloatArray


def trust(fit: StarFit, x: FloatArray, std: FloatArray) -> Trust:
    """At points of shape ``(M, D)``, in canonical units, where the fit predicts ``std``, ``(M,)``.

    Raises:
        ValueError: ``x`` has another number of columns than there are controls, or a NaN.
    """
    points = fit.checked(x)
    measured = np.unique(fit.sites.x, axis=0)
    rows = [point[0] for point in fit.sites.reference_points()]
    exact = fit.sites.x[rows]
    relative = std / prior_std(fit, points)
    claimed = fit.rule.claim is Claim.CALIBRATED
    among, checked = inside(points, measured), inside(points, exact) & claimed
    return Trust(
        standing=[
            _standing(bool(a), bool(c), float(r))
            for a, c, r in zip(among, checked, relative, strict=True)
        ],
        evidence=nearest(points, measured),
        reference=nearest(points, exact),
        relative=relative,
    )


def prior_std(fit: StarFit, points: FloatArray) -> FloatArray:
    """``sqrt(mean a²)`` over the samples at points of the unit cube, shape ``(M,)``."""
    squares = [truth_amplitude(theta, fit.layout, points) ** 2 for theta in fit.factors.theta]
    prior: FloatArray = fit.scale.factor * np.sqrt(np.mean(squares, axis=0))
    return prior


def nearest(points: FloatArray, measured: FloatArray) -> FloatArray:
    """Euclidean distance to the nearest of ``(R, D)``, shape ``(M,)``; infinite of none."""
    found = np.full(len(points), np.inf)
    for row in measured:
        np.minimum(found, np.sqrt(((points - row) ** 2).sum(axis=1)), out=found)
    return found


def inside(points: FloatArray, measured: FloatArray) -> NDArray[np.bool_]:
    """Whether points are in the convex hull of ``(R, D)``, shape ``(M,)``.

    A point is outside when it lies farther than all of them in some direction. On a line that is
    exact; otherwise a hull is slightly too large, as directions are finitely many.
    """
    if not len(measured):
        return np.zeros(len(points), dtype=bool)
    directions = _directions(points.shape[1])
    reach = (measured @ directions).max(axis=0)
    found: NDArray[np.bool_] = (points @ directions <= reach + _ROOM).all(axis=1)
    return found


def _directions(controls: int) -> FloatArray:
    """Unit vectors, shape ``(D, K)``: both of a line, even ones of a plane, else random ones."""
    if controls == 1:
        return np.array([[1.0, -1.0]])
    if controls == 2:
        angles = np.arange(_DIRECTIONS) * (2.0 * np.pi / _DIRECTIONS)
        return np.array([np.cos(angles), np.sin(angles)])
    drawn = np.random.default_rng(0).normal(size=(controls, _DIRECTIONS))
    axes = np.concatenate([np.eye(controls), -np.eye(controls)], axis=1)
    return np.concatenate([axes, drawn / np.linalg.norm(drawn, axis=0)], axis=1)


def _standing(among: bool, checked: bool, relative: float) -> Standing:
    if not among:
        return Standing.EXTRAPOLATED
    if relative > SAID_LITTLE:
        return Standing.VAGUE
    return Standing.CALIBRATED if checked else Standing.INTERPOLATED
