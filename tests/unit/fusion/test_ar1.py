"""Autoregressive co-kriging against formulas written anew, and on the function of its papers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion.ar1.condition import condition
from qtwin.fusion.ar1.fit import fit_ar1
from qtwin.fusion.ar1.ladder import Ladder, ladder_of
from qtwin.fusion.ar1.likelihood import negative_log_posterior
from qtwin.fusion.ar1.posterior import Ar1Fit
from qtwin.fusion.base import FloatArray, Knob, Observations, ShotGroup
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.scaling import Scale, standardise
from qtwin.fusion.evidence.selection import select
from qtwin.fusion.interval import rule_for
from qtwin.fusion.prior import NUGGET
from qtwin.fusion.star.reference import fit_reference
from tests.unit.fusion.matern import matern52
from tests.unit.fusion.synthetic import (
    BIASED,
    BOUNDS,
    NAN,
    REFERENCE,
    SCALED,
    observations,
    star,
    truth,
)

GRID = np.linspace(-1.0, 3.0, 17)[:, None]
UNIT = Scale(shift=0.0, factor=1.0)
RATIO, AMPLITUDES, LENGTHS = 0.8, (1.3, 0.4), (0.5, 0.7)


def _ladder(data: Observations) -> Ladder:
    return ladder_of(standardise(merge(data), UNIT))


def _fit(data: Observations, *, log_jitter: float) -> Ar1Fit:
    """Two levels at fixed hyperparameters, without standardisation."""
    ladder = _ladder(data)
    values = {
        "0.log_amplitude": np.log(AMPLITUDES[0]),
        "0.log_length[0]": np.log(LENGTHS[0]),
        "0.log_jitter": log_jitter,
        "1.ratio": RATIO,
        "1.log_amplitude": np.log(AMPLITUDES[1]),
        "1.log_length[0]": np.log(LENGTHS[1]),
    }
    theta = np.array([values[name] for name in ladder.names])
    return Ar1Fit(
        sites=ladder.sites,
        bounds=BOUNDS,
        value_bounds=data.value_bounds,
        scale=UNIT,
        factors=condition(ladder, theta[None]),
        c2=1.0,
        rule=rule_for(3),
        widening=None,
        seed=0,
    )


def _low(a: FloatArray, b: FloatArray) -> FloatArray:
    values: FloatArray = 4 + AMPLITUDES[0] ** 2 * matern52(a, b, LENGTHS[0])
    return values


def _added(a: FloatArray, b: FloatArray) -> FloatArray:
    values: FloatArray = AMPLITUDES[1] ** 2 * (1 + matern52(a, b, LENGTHS[1]))
    return values


def _two_levels(x_low: FloatArray, x_high: FloatArray, std: float) -> Observations:
    low = [(float(x), float(truth(x) + 0.3 * np.cos(x)), std, 0, NAN, NAN) for x in x_low]
    high = [(float(x), float(truth(x)), 0.0, 1, NAN, NAN) for x in x_high]
    return observations([*low, *high], (BIASED, REFERENCE))


def test_two_levels_are_the_joint_gaussian_of_kennedy_and_ohagan() -> None:
    """Not nested, with noise that two of the cheap runs share."""
    x_low, x_high = np.linspace(-1, 3, 6), np.array([-0.7, 0.5, 2.1])
    covariance = np.array([[0.01, 0.004], [0.004, 0.01]])
    group = ShotGroup(rows=np.array([1, 3]), covariance=covariance)
    data = replace(_two_levels(x_low, x_high, 0.1), groups=(group,))
    belief = _fit(data, log_jitter=np.log(0.05)).predict(GRID)
    low, high, at = (x_low + 1) / 4, (x_high + 1) / 4, (GRID[:, 0] + 1) / 4
    noise = np.diag(np.full(6, 0.01 + 0.05**2 + NUGGET))
    noise[1, 3] = noise[3, 1] = 0.004
    gram = np.block(
        [
            [_low(low, low) + noise, RATIO * _low(low, high)],
            [
                RATIO * _low(high, low),
                RATIO**2 * _low(high, high) + _added(high, high) + NUGGET * np.eye(3),
            ],
        ]
    )
    cross = np.hstack([RATIO * _low(at, low), RATIO**2 * _low(at, high) + _added(at, high)])
    weights = np.linalg.solve(gram, cross.T)
    prior = RATIO**2 * (4 + AMPLITUDES[0] ** 2) + 2 * AMPLITUDES[1] ** 2
    assert belief.mean == pytest.approx(weights.T @ data.y, rel=1e-8)
    variance = prior - np.einsum("mn,nm->m", cross, weights)
    assert belief.std**2 == pytest.approx(variance, rel=1e-7)
    shot = noise - np.diag(np.full(6, 0.05**2 + NUGGET))
    expected = np.einsum("nm,nk,km->m", weights[:6], shot, weights[:6])
    assert belief.budget["shot"] == pytest.approx(expected, rel=1e-8)
    assert set(belief.budget) >= {"bias:cheap", "epistemic"}


def test_nested_exact_levels_are_the_recursion_of_le_gratiet() -> None:
    """``m_1 = rho m_0 + r`` with r the interpolation of ``y_1 - rho y_0`` where both are known."""
    x_low, x_high = np.linspace(-1, 3, 9), np.array([-1.0, 0.5, 2.0])
    data = _two_levels(x_low, x_high, 0.0)
    belief = _fit(data, log_jitter=-30.0).predict(GRID)
    low, high, at = (x_low + 1) / 4, (x_high + 1) / 4, (GRID[:, 0] + 1) / 4
    y_low, y_high = data.y[:9], data.y[9:]
    inner = np.linalg.solve(_low(low, low), _low(low, at))
    nested = y_low[np.isin(x_low, x_high)]
    outer = np.linalg.solve(_added(high, high), _added(high, at))
    assert belief.mean == pytest.approx(
        RATIO * inner.T @ y_low + outer.T @ (y_high - RATIO * nested), abs=1e-5
    )
    left_low = 4 + AMPLITUDES[0] ** 2 - np.einsum("nm,nm->m", _low(low, at), inner)
    left_added = 2 * AMPLITUDES[1] ** 2 - np.einsum("nm,nm->m", _added(high, at), outer)
    assert belief.budget["epistemic"] == pytest.approx(RATIO**2 * left_low, abs=1e-6)
    assert belief.budget["bias:cheap"] == pytest.approx(left_added, abs=1e-6)


def test_the_gradient_agrees_with_finite_differences() -> None:
    ladder = _ladder(star())
    rng = np.random.default_rng(0)
    theta = ladder.mean + 0.3 * ladder.sigma * rng.standard_normal(len(ladder.mean))
    gradient = negative_log_posterior(theta, ladder)[1]
    step, scale = 1e-5, float(np.abs(gradient).max())
    for i, name in enumerate(ladder.names):
        unit = step * np.eye(len(theta))[i]
        ahead = negative_log_posterior(theta + unit, ladder)[0]
        behind = negative_log_posterior(theta - unit, ladder)[0]
        assert (ahead - behind) / (2 * step) == pytest.approx(gradient[i], abs=2e-6 * scale), name


def test_levels_go_from_devices_by_gain_over_approximations_by_number_to_references() -> None:
    data = star(gains=(1.0, 2.0))
    fewer = np.flatnonzero((data.source != 2) | (data.x[:, 0] < 2.0))
    ladder = _ladder(select(data, fewer))
    assert ladder.sources == ("qpu", "qpu", BIASED.name, SCALED.name, REFERENCE.name)
    assert not ladder.unmeasured
    assert set(ladder.sites.gain[ladder.level == 0]) == {2.0}


def test_a_reference_off_the_limit_of_its_knob_is_below_it() -> None:
    knobbed = replace(REFERENCE, knobs=(Knob(name="dt", limit=0.0),))
    rows = [(x, float(truth(x)), 0.0, 0, NAN, NAN) for x in np.array([-1.0, 0.0, 1.0, 2.0])]
    data = replace(observations(rows, (knobbed,)), knobs={"dt": np.array([0.0, 0.1, 0.2, 0.1])})
    ladder = _ladder(data)
    order = np.argsort(ladder.sites.x[:, 0])
    assert list(ladder.level[order]) == [2, 1, 0, 1]
    assert ladder_of(replace(ladder.sites, distance=ladder.sites.distance + 1.0)).unmeasured


def test_forrester_is_found_from_six_exact_and_eleven_cheap_runs() -> None:
    """The functions of Forrester, Sóbester & Keane (2007); six exact runs alone do not do."""

    def exact(x: FloatArray) -> FloatArray:
        values: FloatArray = (6 * x - 2) ** 2 * np.sin(12 * x - 4)
        return values

    low, high, grid = np.linspace(0, 1, 11), np.linspace(0, 1, 6), np.linspace(0, 1, 51)
    cheap = 0.5 * exact(low) + 10 * (low - 0.5) - 5
    data = Observations(
        x=np.concatenate([low, high])[:, None],
        bounds=np.array([[0.0, 1.0]]),
        y=np.concatenate([cheap, exact(high)]),
        std=np.zeros(17),
        source=np.repeat([0, 1], [11, 6]),
        sources=(BIASED, REFERENCE),
        gain=np.full(17, NAN),
        mixed_value=np.full(17, NAN),
    )
    belief = fit_ar1(data).predict(grid[:, None])
    alone = fit_reference(data).predict(grid[:, None])
    error, plain = (np.sqrt(np.mean((b.mean - exact(grid)) ** 2)) for b in (belief, alone))
    assert error < min(0.1 * np.std(exact(grid)), plain / 3)
    assert np.mean((belief.lower <= exact(grid)) & (exact(grid) <= belief.upper)) >= 0.95
