"""The widening of an unanchored fit as a random function, so that draws carry it too.

``predict`` raises the variance of an unanchored fit to the class prior of its best source, by
``w(x)``. A draw gets it as ``sqrt(w(x) / 2) h(x)``, where h is a discrepancy of the class:
``h ~ GP(0, 1 + Matérn-5/2)`` with the prior's median length scales. Half of it moves the whole
curve, as the unknown bias of a source does. Its derivatives follow from the product rule.
Shapes: ``M`` points, ``D`` controls, ``J`` = orders times points.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.prior import BIAS_CONSTANT
from qtwin.fusion.process import Probe, Process
from qtwin.fusion.star.posterior import StarFit

_STEP = 1e-3  # of the central differences of the amplitude, in the unit cube


def class_process(fit: StarFit) -> Process:
    """h, which no measurement has seen."""
    layout, d = fit.layout, len(fit.bounds)
    return Process(
        x=np.zeros((0, d)),
        rho=np.zeros(0),
        whiten=np.asarray,
        unwhiten=np.asarray,
        alpha=np.zeros(0),
        inverse_length2=np.exp(-2.0 * layout.mean[layout.log_length]),
        amplitude2=1.0,
        constant=BIAS_CONSTANT,
        slope=np.zeros(d),
    )


def missing_amplitude(fit: StarFit, x: FloatArray) -> FloatArray:
    """``sqrt(w / 2)`` at points of the unit cube, shape ``(M,)``, in standardised units."""
    if fit.widening is None:
        return np.zeros(len(x))
    low, high = fit.bounds.T
    wanted = (fit.predict(low + x * (high - low)).std / fit.scale.factor) ** 2 / fit.c2
    probe = Probe(x=x)
    means = np.array([process.mean(probe) for process in fit.spreading])
    within = np.mean([process.variance(probe) for process in fit.processes], axis=0)
    missing = np.maximum(wanted - within - means.var(axis=0), 0.0)
    amplitude: FloatArray = np.sqrt(missing / (BIAS_CONSTANT + 1.0))
    return amplitude


def product_rule(fit: StarFit, probe: Probe) -> list[FloatArray]:
    """How each derivative of ``a h`` is made of ``h, h', h''``: one ``(3, M)`` per order."""
    step = np.zeros(len(fit.bounds))
    step[probe.axis] = _STEP
    a, after, before = (missing_amplitude(fit, probe.x + shift) for shift in (0.0, step, -step))
    slope, bend, none = (after - before) / (2 * _STEP), (after - 2 * a + before) / _STEP**2, 0 * a
    rows = ([a, none, none], [slope, a, none], [bend, 2 * slope, a])
    return [np.array(rows[order]) for order in probe.orders]
