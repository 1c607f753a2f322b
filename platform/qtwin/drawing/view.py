"""A camera for points in space: a first direction to look from, and a perspective projection."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

TILT, TURN = math.radians(16), math.radians(-24)
"""Out of the plane of the molecule, so that what is behind it is seen."""
AWAY = 5.0
"""Distance of the eye, in radii of what is looked at."""


@dataclass(frozen=True, slots=True)
class Place:
    """A projected point: right and up in units of length, how near, and how much larger it looks.

    Attributes:
        near: Larger is nearer to the eye.
    """

    x: float
    y: float
    near: float
    scale: float


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks at ``center`` along the third of its axes, from `AWAY` times ``radius``."""

    rows: Matrix
    center: Vector
    radius: float

    def see(self, point: Vector) -> Place:
        x, y, near = (dot(row, less(point, self.center)) for row in self.rows)
        scale = AWAY * self.radius / (AWAY * self.radius - near)
        return Place(x * scale, y * scale, near, scale)


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def less(a: Vector, b: Vector) -> Vector:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def middle(points: Sequence[Vector]) -> Vector:
    """Mean of some points."""
    count = len(points)
    x, y, z = (sum(point[axis] for point in points) / count for axis in range(3))
    return (x, y, z)


def axes(points: Sequence[Vector]) -> Matrix:
    """Rows right, up and toward the eye: the longest distance lies across, the plane faces it.

    The second axis is toward the point that is farthest from the first; ties go to the first.
    """
    pairs = [(a, b) for i, a in enumerate(points) for b in points[:i]]
    longest = max((less(a, b) for a, b in pairs), key=lambda v: dot(v, v), default=(1.0, 0.0, 0.0))
    right = _unit(longest, (1.0, 0.0, 0.0))
    if max(right, key=abs) < 0:
        right = (-right[0], -right[1], -right[2])
    center = middle(points)
    off = [_off(less(point, center), right) for point in points]
    spare = (0.0, 1.0, 0.0) if abs(right[1]) < 0.9 else (0.0, 0.0, 1.0)
    up = _unit(max(off, key=lambda v: round(dot(v, v), 6)), _unit(_off(spare, right), spare))
    return (right, up, cross(right, up))


def tilted(rows: Matrix, tilt: float = TILT, turn: float = TURN) -> Matrix:
    """Turned about the upright axis, then tipped toward the eye."""
    right, up, toward = rows
    c, s = math.cos(turn), math.sin(turn)
    across = _sum(right, c, toward, s)
    deep = _sum(toward, c, right, -s)
    c, s = math.cos(tilt), math.sin(tilt)
    return (across, _sum(up, c, deep, -s), _sum(deep, c, up, s))


def _off(vector: Vector, axis: Vector) -> Vector:
    """What of a vector is across an axis of length 1."""
    along = dot(vector, axis)
    return (vector[0] - along * axis[0], vector[1] - along * axis[1], vector[2] - along * axis[2])


def _sum(a: Vector, p: float, b: Vector, q: float) -> Vector:
    return (p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2])


def _unit(vector: Vector, spare: Vector) -> Vector:
    length = math.sqrt(dot(vector, vector))
    if length < 1e-6:
        return spare
    return (vector[0] / length, vector[1] / length, vector[2] / length)
