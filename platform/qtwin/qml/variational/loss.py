"""The loss and its gradient, each with a statistical error.

``L = mean_b (f_b - y_b)²`` with y = ±1. From shots the square of an estimate is too large by its
variance, which is taken off, so that the estimate has no bias. The gradient is by the
parameter-shift rule (Mitarai et al., Phys. Rev. A 98, 032309, 2018; Schuld et al., Phys. Rev. A 99,
032331, 2019): ``∂f/∂θ = (f(θ + π/2) - f(θ - π/2)) / 2``, exact for a gate ``exp(-iθP/2)``; all
points and shifts are one batch. ``B`` points, ``P`` angles.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.qml.variational.ansatz import Ansatz
from qtwin.qml.variational.readout import Reader, Readout


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slope:
    """The loss and its gradient.

    Attributes:
        loss: From shots, without bias; may be below 0 then.
        error: One-sigma error of the loss by shots.
        gradient: Shape ``(P,)``.
        gradient_error: One-sigma errors, shape ``(P,)``.
    """

    loss: float
    error: float
    gradient: FloatArray
    gradient_error: FloatArray


def slope(ansatz: Ansatz, x: FloatArray, y: FloatArray, theta: FloatArray, reader: Reader) -> Slope:
    """At points ``(B, D)`` of classes ±1 ``(B,)`` with angles ``(P,)``."""
    shifts = 0.5 * pi * np.eye(len(theta))
    read = reader.read(ansatz, x, np.vstack([theta[None], theta + shifts, theta - shifts]))
    return _slope(read, y, len(theta))


def loss_of(read: Readout, y: FloatArray) -> tuple[float, float]:
    """The loss of readouts of shape ``(B, 1)``, with its error."""
    off, variance = read.value[:, 0] - y, read.variance[:, 0]
    loss = float(np.mean(off**2 - variance))
    return loss, float(np.sqrt(np.sum(4 * off**2 * variance + 2 * variance**2)) / len(y))


def _slope(read: Readout, y: FloatArray, size: int) -> Slope:
    here = Readout(value=read.value[:, :1], variance=read.variance[:, :1])
    off = here.value - y[:, None]
    tilt = (read.value[:, 1 : size + 1] - read.value[:, size + 1 :]) / 2
    tilted = (read.variance[:, 1 : size + 1] + read.variance[:, size + 1 :]) / 4
    loss, error = loss_of(here, y)
    open_ = off**2 * tilted + tilt**2 * here.variance
    return Slope(
        loss=loss,
        error=error,
        gradient=2 * np.mean(off * tilt, axis=0),
        gradient_error=2 * np.sqrt(open_.sum(axis=0)) / len(y),
    )
