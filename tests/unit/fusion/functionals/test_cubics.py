"""Piecewise cubics against those of SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from qtwin.fusion.questions.curves import Curves


def random_curves() -> tuple[Curves, list[CubicHermiteSpline]]:
    rng = np.random.default_rng(0)
    x, value = np.linspace(2.0, 4.0, 9), rng.standard_normal((60, 9))
    slope = 8.0 * rng.standard_normal((60, 9))
    cubics = [CubicHermiteSpline(x, v, d) for v, d in zip(value, slope, strict=True)]
    return Curves(x=x, value=value, slope=slope), cubics


def test_minima_and_areas_of_cubics_are_those_of_scipy() -> None:
    curves, cubics = random_curves()
    value, place = curves.minimum()
    top, _ = curves.maximum()
    for i, cubic in enumerate(cubics):
        turns = np.r_[cubic.derivative().roots(extrapolate=False), 2.0, 4.0]
        assert value[i] == pytest.approx(cubic(turns).min(), abs=1e-12)
        assert cubic(place[i]) == pytest.approx(value[i], abs=1e-12)
        assert top[i] == pytest.approx(cubic(turns).max(), abs=1e-12)
        assert curves.area()[i] == pytest.approx(float(cubic.integrate(2.0, 4.0)), abs=1e-12)


@pytest.mark.parametrize("sign", [-1, 0, 1])
def test_crossings_of_cubics_are_those_of_scipy(sign: int) -> None:
    curves, cubics = random_curves()
    place, number = (curves - 0.7).crossings(sign)
    for i, cubic in enumerate(cubics):
        roots = cubic.solve(0.7, extrapolate=False)
        if sign:
            roots = roots[np.sign(cubic(roots, 1)) == sign]
        assert number[i] == len(roots)
        assert np.isnan(place[i]) if not len(roots) else abs(place[i] - roots.min()) < 1e-9
    assert 0 < np.sum(number == 0) < 60 or sign == 0
