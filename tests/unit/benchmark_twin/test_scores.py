"""The scores that the benchmark of the twin prints, against numerical integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm, t

from tests.benchmarks.twin.scores import Belief, crps, nlpd, score


@pytest.mark.parametrize("nu", [None, 1, 2, 3, 7, 19])
@pytest.mark.parametrize("z", [0.0, 0.6, -2.5])
def test_crps_is_the_integral_of_the_squared_distance_of_distributions(
    nu: int | None, z: float
) -> None:
    law = norm() if nu is None else t(nu)
    below = quad(lambda x: law.cdf(x) ** 2, -np.inf, z)[0]
    above = quad(lambda x: law.sf(x) ** 2, z, np.inf)[0]
    found = crps(np.array([z]), np.array([0.3]), nu)
    assert found[0] == pytest.approx(0.3 * (below + above), rel=1e-6)


@pytest.mark.parametrize("nu", [None, 4])
def test_nlpd_is_that_of_scipys_scaled_law(nu: int | None) -> None:
    law = norm(scale=0.3) if nu is None else t(nu, scale=0.3)
    assert nlpd(np.array([1.2]), np.array([0.3]), nu)[0] == pytest.approx(-law.logpdf(0.36))


def test_a_belief_of_the_right_width_covers_what_it_says() -> None:
    truth = np.random.default_rng(3).standard_normal(20_000)
    zeros, reach = np.zeros_like(truth), np.full_like(truth, norm.ppf(0.975))
    found = score(
        Belief(mean=zeros, std=zeros + 1, lower=-reach, upper=reach), truth, normaliser=2.0
    )
    assert found.coverage == pytest.approx(0.95, abs=0.01)
    assert found.rms_z == pytest.approx(1.0, abs=0.02)
    assert found.nrmse == pytest.approx(0.5, abs=0.01)
    assert found.nlpd == pytest.approx(norm().entropy(), abs=0.02)
