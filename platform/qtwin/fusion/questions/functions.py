"""Draws as functions: known at the points of a design, continued between them.

A draw is made jointly at the design Z; elsewhere it is its conditional mean given its values
there, ``f(x) = m(x) + C(x, Z) C(Z, Z)⁺ (f(Z) - m(Z))``, a sum of kernels that can be evaluated
anywhere. What the continuation smooths away shrinks with the distance to the design as
``O(h^2.5)``.
Shapes: ``S`` draws, ``Z`` design points, ``P`` points per draw, ``N`` sites, ``D`` controls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.process import Probe, Process
from qtwin.fusion.questions.draws import means_of, samples_of
from qtwin.fusion.questions.widened import class_process, missing_amplitude
from qtwin.fusion.star.posterior import StarFit

Near = Callable[[FloatArray], FloatArray]

_ROUGH = 1e-11  # eigenvalues below this part of the prior variance are rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Continued:
    """Draws of one process as sums of kernels: ``f(x) = k(x, centres) weights``.

    Attributes:
        process: Whose kernel it is.
        centres: Sites and design, shape ``(N + Z, D)``.
        weights: Shape ``(S, N + Z)``.
        drawn: Values at the design, shape ``(S, Z)``.
    """

    process: Process
    centres: FloatArray
    weights: FloatArray
    drawn: FloatArray

    def __call__(self, x: FloatArray, rows: IntArray) -> FloatArray:
        """Values of the draws ``rows`` at ``x``, shape ``(len(rows), P, D)``."""
        flat = Probe(x=x.reshape(-1, x.shape[2]))
        kernel = self.process.prior(flat, Probe(x=self.centres)).reshape(*x.shape[:2], -1)
        values: FloatArray = np.matmul(kernel, self.weights[rows][:, :, None])[:, :, 0]
        return values


def _continue(
    process: Process, design: FloatArray, count: int, rng: np.random.Generator
) -> Continued:
    probe = Probe(x=design)
    cross = process.cross(probe)
    white = process.whiten(cross)
    values, vectors = np.linalg.eigh(process.prior(probe, probe) - white.T @ white)
    smooth = values > _ROUGH * process.prior_variance(probe).max()
    root, vectors = np.sqrt(values[smooth]), vectors[:, smooth]
    z = rng.standard_normal((count, len(root)))
    gamma = (z / root) @ vectors.T
    of_sites = process.alpha - gamma @ process.unwhiten(white).T
    return Continued(
        process=process,
        centres=np.vstack([process.x, design]),
        weights=np.hstack([of_sites * process.rho, gamma]),
        drawn=process.alpha @ cross + (z * root) @ vectors.T,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Functions:
    """Draws of the whole belief, in standardised units.

    Attributes:
        fit: Whose belief it is.
        which: Hyperparameter sample of each draw, shape ``(S,)``.
        other: Sample of the coarse fit, where there is one, shape ``(S,)``.
        parts: The draws of each hyperparameter sample.
        shifts: Shape of the widening of an unanchored fit.
        amplitude: Of the widening at the design, shape ``(Z,)``.
        drawn: Values at the design, shape ``(S, Z)``.
    """

    fit: StarFit
    which: IntArray
    other: IntArray
    parts: dict[int, Continued]
    shifts: Continued | None
    amplitude: FloatArray
    drawn: FloatArray

    @classmethod
    def draw(
        cls, fit: StarFit, design: FloatArray, *, count: int, rng: np.random.Generator
    ) -> Functions:
        """Draw at a design of shape ``(Z, D)`` in the unit cube."""
        which = samples_of(fit.processes, count, rng)
        other = samples_of(fit.spreading, count, rng)
        parts = {
            int(t): _continue(fit.processes[t], design, int(np.sum(which == t)), rng)
            for t in np.unique(which)
        }
        drawn = np.empty((count, len(design)))
        for t, part in parts.items():
            drawn[which == t] = part.drawn
        amplitude, shifts = missing_amplitude(fit, design), None
        if fit.widening is not None:
            shifts = _continue(class_process(fit), design, count, rng)
            drawn += amplitude * shifts.drawn
        means, wide = _means(fit, Probe(x=design))
        drawn = np.sqrt(fit.c2) * drawn + _rest(fit, means[:, None], wide[:, None], which, other)
        return cls(
            fit=fit,
            which=which,
            other=other,
            parts=parts,
            shifts=shifts,
            amplitude=amplitude,
            drawn=drawn,
        )

    def __call__(self, x: FloatArray, near: IntArray) -> FloatArray:
        """Value of each draw at its own points, shapes ``(S, P, D)`` and ``(S, P)``.

        The widening's amplitude is that of the design point ``near``, shape ``(S,)``.
        """
        return self._own(x, near) + self._others(Probe(x=x.reshape(-1, x.shape[2])))

    def around(self, centre: FloatArray, near: IntArray, axes: IntArray) -> Near:
        """As a call, for points near a centre of each draw, shape ``(S, D)``, and much faster.

        The part of a draw that all hyperparameter samples decide is smooth; it is linear there.
        """
        value, slope = self._others(Probe(x=centre)), np.zeros_like(centre)
        for axis in axes:
            slope[:, axis] = self._others(Probe(x=centre, orders=(1,), axis=int(axis)))[:, 0]

        def look(x: FloatArray) -> FloatArray:
            moved = np.einsum("spd,sd->sp", x - centre[:, None], slope)
            looked: FloatArray = self._own(x, near) + value + moved
            return looked

        return look

    def _own(self, x: FloatArray, near: IntArray) -> FloatArray:
        value = np.empty(x.shape[:2])
        for t, part in self.parts.items():
            rows = np.flatnonzero(self.which == t)
            value[rows] = part(x[rows], np.arange(len(rows)))
        if self.shifts is not None:
            value += self.amplitude[near][:, None] * self.shifts(x, np.arange(len(x)))
        inflated: FloatArray = np.sqrt(self.fit.c2) * value
        return inflated

    def _others(self, probe: Probe) -> FloatArray:
        """At points of the draws one after the other, shape ``(S, P)``."""
        if self.fit.c2 == 1.0 and self.fit.coarse is None:
            return np.zeros((len(self.which), len(probe.x) // len(self.which)))
        means, wide = (m.reshape(len(m), len(self.which), -1) for m in _means(self.fit, probe))
        return _rest(self.fit, means, wide, self.which, self.other)


def _means(fit: StarFit, probe: Probe) -> tuple[FloatArray, FloatArray]:
    """Of all samples, and of those of the coarse fit, each shape ``(T, J)``."""
    means = means_of(fit.processes, probe)
    return means, means if fit.coarse is None else means_of(fit.spreading, probe)


def _rest(
    fit: StarFit, means: FloatArray, wide: FloatArray, which: IntArray, other: IntArray
) -> FloatArray:
    """What calibration and the coarse fit add to ``c f``, shape ``(S, P)``.

    ``(1 - c) m̄``, and for a coarse fit ``c`` times its sample's deviation less that of ours.
    Means have shape ``(T, S, P)``, or ``(T, 1, P)`` where all draws share the points.
    """
    c, mean = np.sqrt(fit.c2), means.mean(axis=0)
    rest: FloatArray = (1.0 - c) * mean
    if fit.coarse is not None:
        rows = np.arange(len(which)) if means.shape[1] > 1 else 0
        rest = rest + c * (wide[other, rows] - wide.mean(axis=0) - (means[which, rows] - mean))
    return rest
