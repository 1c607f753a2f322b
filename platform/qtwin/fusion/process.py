"""One Gaussian process conditioned on measurements: values and derivatives, jointly.

Differentiation is linear, so values and derivatives are jointly Gaussian, with covariances that
are derivatives of the kernel (Rasmussen & Williams 2006, section 9.4):
``Cov(∂^a h(u), ∂^b h(v)) = ∂_u^a ∂_v^b k(u, v) = (-1)^b k^(a+b)(u - v)``, and with an amplitude
that grows exponentially ``∂^a (e h) = e (∂ + g)^a h``, g the slope along that control.
Shapes: ``N`` sites, ``M`` points, ``D`` controls, ``J`` = orders times points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.kernel_slopes import matern52_along
from qtwin.fusion.trend import growth, slope_along

Solve = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Probe:
    """What is asked of a process: derivatives of some orders along one control, at points.

    Attributes:
        x: Points of the unit cube, shape ``(M, D)``.
        orders: 0 is the value itself; results list all points of the first order, then the next.
        axis: The control that derivatives are along.
    """

    x: FloatArray
    orders: tuple[int, ...] = (0,)
    axis: int = 0

    @property
    def size(self) -> int:
        """J."""
        return len(self.orders) * len(self.x)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Process:
    """``f ~ GP(0, constant + a(x) a(x') Matérn-5/2)`` given what sources said of it.

    ``a(x) = A exp(g . (x - 1/2))``.

    Attributes:
        x: Sites, shape ``(N, D)``.
        rho: How much of f each measurement shows, shape ``(N,)``.
        whiten: ``L⁻¹ b`` for b of shape ``(N, J)``, L the lower factor of the measurements'
            covariance.
        unwhiten: ``L⁻ᵀ b``.
        alpha: Inverse covariance times the residual, shape ``(N,)``.
        inverse_length2: Shape ``(D,)``.
        amplitude2: ``A²``.
        constant: Prior variance of the constant part.
        slope: ``g``, shape ``(D,)``.
    """

    x: FloatArray
    rho: FloatArray
    whiten: Solve
    unwhiten: Solve
    alpha: FloatArray
    inverse_length2: FloatArray
    amplitude2: float
    constant: float
    slope: FloatArray

    def mean(self, probe: Probe) -> FloatArray:
        """Posterior mean, shape ``(J,)``."""
        mean: FloatArray = self.alpha @ self.cross(probe)
        return mean

    def variance(self, probe: Probe) -> FloatArray:
        """Posterior variance, shape ``(J,)``."""
        white = self.whiten(self.cross(probe))
        left = self.prior_variance(probe) - np.einsum("nj,nj->j", white, white)
        return np.asarray(np.maximum(left, 0.0))

    def covariance(self, probe: Probe) -> FloatArray:
        """Posterior covariance, shape ``(J, J)``."""
        white = self.whiten(self.cross(probe))
        return self.prior(probe, probe) - white.T @ white

    def cross(self, probe: Probe) -> FloatArray:
        """Prior covariance of the measurements with what is asked, shape ``(N, J)``."""
        return self.rho[:, None] * self.prior(Probe(x=self.x, axis=probe.axis), probe)

    def prior(self, a: Probe, b: Probe) -> FloatArray:
        """Prior covariance of what two probes of one control ask, shape ``(J_a, J_b)``."""
        axis = b.axis
        d2 = np.zeros((len(a.x), len(b.x)))
        for d, inverse in enumerate(self.inverse_length2):
            d2 += inverse * (a.x[:, d, None] - b.x[None, :, d]) ** 2
        delta = a.x[:, axis, None] - b.x[None, :, axis]
        inverse = float(self.inverse_length2[axis])
        highest = max(a.orders) + max(b.orders)
        along = [matern52_along(delta, d2, inverse, order) for order in range(highest + 1)]
        grown = self.amplitude2 * np.outer(growth(self.slope, a.x), growth(self.slope, b.x))
        rates = slope_along(self.slope, a.x, axis)[:, None], slope_along(self.slope, b.x, axis)
        blocks = [[grown * _mixed(p, q, along, rates) for q in b.orders] for p in a.orders]
        for i, p in enumerate(a.orders):
            for j, q in enumerate(b.orders):
                blocks[i][j] += self.constant * (p == q == 0)
        return np.block(blocks)

    def prior_variance(self, probe: Probe) -> FloatArray:
        """Prior variance of what is asked, shape ``(J,)``."""
        inverse = float(self.inverse_length2[probe.axis])
        still = [1.0, 0.0, -5.0 / 3.0 * inverse, 0.0, 25.0 * inverse**2]
        along = [np.full(len(probe.x), value) for value in still]
        rate = slope_along(self.slope, probe.x, probe.axis)
        grown = self.amplitude2 * growth(self.slope, probe.x) ** 2
        each = [
            grown * _mixed(order, order, along, (rate, rate)) + self.constant * (order == 0)
            for order in probe.orders
        ]
        return np.concatenate(each)


def _mixed(
    p: int, q: int, along: list[FloatArray], rates: tuple[FloatArray, FloatArray]
) -> FloatArray:
    """``(∂_u + g_u)^p (∂_v + g_v)^q k`` of the derivatives of k along the control."""
    left, right = rates
    total = np.zeros(np.broadcast_shapes(left.shape, right.shape))
    for i in range(p + 1):
        for j in range(q + 1):
            grown = comb(p, i) * left ** (p - i) * comb(q, j) * right ** (q - j)
            total += grown * (-1.0) ** j * along[i + j]
    return total
