"""Derivatives of the truth with their errors: forces, susceptibilities, curvatures.

Exact per hyperparameter sample, from the derivatives of the kernel. The truth has two derivatives
in mean square (see ``kernel_slopes``), so order 2 is the last one; its error is the honest, large
one of a rough function.
Shapes: ``M`` points, ``D`` controls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray
from qtwin.fusion.process import Probe
from qtwin.fusion.questions.draws import mean_of_mixture, means_of, probe_of, units
from qtwin.fusion.questions.widened import class_process, product_rule
from qtwin.fusion.star.posterior import StarFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derivatives:
    """Belief about the derivatives along each control, in the observable's unit per control^order.

    Attributes:
        mean: Shape ``(M, D)``.
        std: One sigma, shape ``(M, D)``, after calibration and widening.
        lower: Lower end of the 95 % interval, shape ``(M, D)``.
        upper: Upper end, shape ``(M, D)``; Student-t where the prediction's is.
    """

    mean: FloatArray
    std: FloatArray
    lower: FloatArray
    upper: FloatArray


def derivatives(fit: StarFit, x: FloatArray, *, order: int = 1) -> Derivatives:
    """Derivatives of one order, 1 or 2, at ``x`` of shape ``(M, D)``.

    Raises:
        ValueError: ``x`` has another number of columns than there are controls or a NaN, or the
            truth has no such derivative.
    """
    columns = [
        _along(fit, probe_of(fit, x, orders=(order,), control=control))
        for control in range(len(fit.bounds))
    ]
    mean, std = (np.column_stack(each) for each in zip(*columns, strict=True))
    reach = fit.rule.quantile * std
    return Derivatives(mean=mean, std=std, lower=mean - reach, upper=mean + reach)


def _along(fit: StarFit, probe: Probe) -> tuple[FloatArray, FloatArray]:
    means = means_of(fit.spreading, probe)
    variance = np.mean([process.variance(probe) for process in fit.processes], axis=0)
    variance = variance + means.var(axis=0) + _widening(fit, probe)
    unit = units(fit, probe)[0]
    return unit * mean_of_mixture(fit, probe), unit * np.sqrt(fit.c2 * variance)


def _widening(fit: StarFit, probe: Probe) -> FloatArray:
    """Variance that an unanchored fit adds to the derivative, shape ``(M,)``."""
    if fit.widening is None:
        return np.zeros(len(probe.x))
    at_one = Probe(x=probe.x[:1], orders=(0, 1, 2), axis=probe.axis)
    prior = class_process(fit).covariance(at_one)
    (rule,) = product_rule(fit, probe)
    added: FloatArray = np.einsum("om,op,pm->m", rule, prior, rule)
    return added
