"""A truth whose amplitude changes over the controls, and stored fits that have none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray
from qtwin.fusion.process import Probe, Process
from qtwin.fusion.star.posterior import load_fit
from qtwin.fusion.trend import growth
from tests.unit.fusion.matern import matern52
from tests.unit.fusion.synthetic import NAN, REFERENCE, observations

STORED = Path(__file__).parent / "stored"
SLOPE = np.array([1.7])


def _process() -> Process:
    return Process(
        x=np.zeros((0, 1)),
        rho=np.zeros(0),
        whiten=np.asarray,
        unwhiten=np.asarray,
        alpha=np.zeros(0),
        inverse_length2=np.array([1 / 0.4**2]),
        amplitude2=2.0,
        constant=4.0,
        slope=SLOPE,
    )


def _kernel(u: FloatArray, v: FloatArray) -> FloatArray:
    """``4 + 2 exp(g (u + v - 1)) M(u, v)``, written anew."""
    grown: FloatArray = 4 + 2 * np.exp(1.7 * (u[:, None] + v[None, :] - 1)) * matern52(u, v, 0.4)
    return grown


def test_the_prior_is_the_rescaled_kernel_and_its_derivatives_are_its_differences() -> None:
    u, v, h = np.array([0.11, 0.42]), np.array([0.27, 0.71, 0.93]), 1e-4
    process = _process()

    def prior(p: int, q: int) -> FloatArray:
        return process.prior(Probe(x=u[:, None], orders=(p,)), Probe(x=v[:, None], orders=(q,)))

    assert prior(0, 0) == pytest.approx(_kernel(u, v), rel=1e-12)
    by_u = (_kernel(u + h, v) - _kernel(u - h, v)) / (2 * h)
    assert prior(1, 0) == pytest.approx(by_u, rel=1e-6)
    by_v = (_kernel(u, v + h) - 2 * _kernel(u, v) + _kernel(u, v - h)) / h**2
    assert prior(0, 2) == pytest.approx(by_v, rel=1e-4, abs=1e-5)
    ahead, behind = _kernel(u + h, v + h) - _kernel(u + h, v - h), _kernel(u - h, v + h)
    both = (ahead - behind + _kernel(u - h, v - h)) / (2 * h) ** 2
    assert prior(1, 1) == pytest.approx(both, rel=1e-5)


def test_prior_variances_are_the_diagonal_of_the_prior() -> None:
    probe = Probe(x=np.array([[0.2], [0.9], [1.3]]), orders=(0, 1, 2))
    process = _process()
    assert process.prior_variance(probe) == pytest.approx(
        np.diag(process.prior(probe, probe)), rel=1e-12
    )


def test_outside_the_box_the_amplitude_stays_that_of_the_border() -> None:
    far = growth(SLOPE, np.array([[-1e300], [0.0], [1.0], [1e300]]))
    assert far.tolist() == [far[1], far[1], far[2], far[2]]


def test_a_flat_half_does_not_narrow_the_steep_half() -> None:
    """exp(5 x) from nine references: the error is large where the curve is, the band follows."""
    x = np.linspace(-1.0, 3.0, 9)
    rows = [(at, float(np.exp(2.0 * (at - 3.0))), 0.0, 0, NAN, NAN) for at in x]
    fit = fit_star(observations(rows, (REFERENCE,)), seed=1)
    trend = fit.factors.theta[:, fit.layout.trend]
    assert trend.mean() > 0.4
    middle = (x[:-1] + x[1:]) / 2
    belief = fit.predict(middle[:, None])
    assert belief.std[0] < 0.3 * belief.std[-1]
    error = np.abs(belief.mean - np.exp(2.0 * (middle - 3.0)))
    assert (error < 3.0 * belief.std).all()


@pytest.mark.parametrize("version", [2, 3])
def test_a_fit_that_an_earlier_version_stored_still_says_what_it_said(version: int) -> None:
    """That of version 2 has a stationary truth, both have sources that share no error."""
    fit = load_fit((STORED / f"version-{version}.npz").read_bytes())
    told = json.loads((STORED / f"version-{version}.json").read_text())
    assert (fit.layout.trend is None) is (version == 2)
    assert fit.layout.shared is None
    belief = fit.predict(np.array(told["at"])[:, None])
    assert belief.mean == pytest.approx(told["mean"], rel=1e-9)
    assert belief.std == pytest.approx(told["std"], abs=1e-10)
    processes = [
        process.mean(Probe(x=(np.array(told["at"])[:, None] + 1) / 4)) for process in fit.processes
    ]
    mean = fit.scale.shift + fit.scale.factor * np.mean(processes, axis=0)
    assert mean == pytest.approx(told["mean"], rel=1e-9)
