"""Draws of the truth: coherent functions over a set of points, and their derivatives.

A draw belongs to one hyperparameter sample, each as often as the next, and is one draw of that
sample's Gaussian process, jointly at all points: ``f = m + C^½ z`` with the symmetric root of the
posterior covariance. The whole belief is the mixture of the samples; of a fit to very many
measurements, how samples differ is that of its coarse fit, as in ``predict``. Calibration
inflates by scaling deviations from the mixture's mean, ``f <- m̄ + c (f - m̄)``, and an unanchored
fit is widened (see ``widened``), so mean and variance over draws are those of ``predict``.
Draws know nothing of physical bounds and have no Student-t tails: those are of intervals.
Shapes: ``S`` draws, ``M`` points, ``D`` controls, ``J`` = orders times points.
"""

from __future__ import annotations

import numpy as np

from qtwin.fusion.base import FloatArray, IntArray
from qtwin.fusion.kernel_slopes import MOST
from qtwin.fusion.process import Probe, Process
from qtwin.fusion.questions.widened import class_process, product_rule
from qtwin.fusion.star.posterior import StarFit


def draws(fit: StarFit, x: FloatArray, *, count: int, seed: int = 0) -> FloatArray:
    """Functions that the truth may be, at ``x`` of shape ``(M, D)``; shape ``(S, M)``.

    The same seed and points give the same draws; the same seed at other points is another draw.

    Raises:
        ValueError: ``x`` has another number of columns than there are controls, or a NaN.
    """
    (values,) = jets(fit, x, orders=(0,), count=count, seed=seed)
    return np.asarray(values)


def jets(
    fit: StarFit,
    x: FloatArray,
    *,
    orders: tuple[int, ...],
    count: int,
    control: int = 0,
    seed: int | tuple[int, ...] = 0,
) -> FloatArray:
    """Derivatives of several orders of the same draws, shape ``(orders, S, M)``."""
    probe = probe_of(fit, x, orders=orders, control=control)
    drawn = _mix(fit, probe, count=count, rng=np.random.default_rng(seed))
    parts: FloatArray = drawn.reshape(count, len(orders), len(x)).transpose(1, 0, 2)
    in_units = parts * units(fit, probe)[:, None, None]
    in_units[[order == 0 for order in orders]] += fit.scale.shift
    return in_units


def probe_of(fit: StarFit, x: FloatArray, *, orders: tuple[int, ...], control: int) -> Probe:
    """What is asked at points in canonical units, checked."""
    points, d = fit.checked(x), len(fit.bounds)
    if not 0 <= control < d:
        raise ValueError(f"control {control} is not one of the {d}: allowed 0 to {d - 1}")
    if wrong := [order for order in orders if not 0 <= order <= MOST]:
        raise ValueError(f"derivative of order {wrong[0]}; the truth has those up to {MOST}")
    return Probe(x=points, orders=orders, axis=control)


def units(fit: StarFit, probe: Probe) -> FloatArray:
    """From standardised derivatives over the unit cube to the observable's, one per order."""
    low, high = fit.bounds[probe.axis]
    factors: FloatArray = fit.scale.factor / (high - low) ** np.array(probe.orders)
    return factors


def samples_of(processes: tuple[Process, ...], count: int, rng: np.random.Generator) -> IntArray:
    """Which hyperparameter sample each draw belongs to, shape ``(S,)``."""
    return np.resize(rng.permutation(len(processes)), count)


def symmetric_root(matrix: FloatArray) -> FloatArray:
    """``C^½``; unlike a Cholesky factor it exists when C is singular, and it is unique."""
    values, vectors = np.linalg.eigh(matrix)
    root: FloatArray = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root


def mean_of_mixture(fit: StarFit, probe: Probe) -> FloatArray:
    """Mean over the hyperparameter samples, shape ``(J,)``."""
    mean: FloatArray = means_of(fit.processes, probe).mean(axis=0)
    return mean


def means_of(processes: tuple[Process, ...], probe: Probe) -> FloatArray:
    """Mean of each hyperparameter sample, shape ``(T, J)``."""
    return np.array([process.mean(probe) for process in processes])


def _mix(fit: StarFit, probe: Probe, *, count: int, rng: np.random.Generator) -> FloatArray:
    """Draws in standardised units, shape ``(S, J)``."""
    which = samples_of(fit.processes, count, rng)
    drawn = rng.standard_normal((count, probe.size))
    for t in np.unique(which):
        process, rows = fit.processes[t], which == t
        drawn[rows] = process.mean(probe) + drawn[rows] @ symmetric_root(process.covariance(probe))
    if fit.widening is not None:
        drawn += _widening(fit, class_process(fit), probe, count=count, rng=rng)
    means = means_of(fit.processes, probe)
    centre = means.mean(axis=0)
    if fit.coarse is not None:
        wide = means_of(fit.spreading, probe)
        other = samples_of(fit.spreading, count, rng)
        drawn += wide[other] - wide.mean(axis=0) - (means[which] - centre)
    inflated: FloatArray = centre + np.sqrt(fit.c2) * (drawn - centre)
    return inflated


def _widening(
    fit: StarFit, process: Process, probe: Probe, *, count: int, rng: np.random.Generator
) -> FloatArray:
    whole = Probe(x=probe.x, orders=(0, 1, 2), axis=probe.axis)
    root = symmetric_root(process.covariance(whole))
    h = (rng.standard_normal((count, whole.size)) @ root).reshape(count, 3, -1)
    parts = [np.einsum("om,som->sm", rule, h) for rule in product_rule(fit, probe)]
    return np.concatenate(parts, axis=1)
