"""What anchors say of a device's damping is in its prior, and helps where references are few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin import fusion
from qtwin.fusion.base import Observations, SourceSpec
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.star.anchored import SPREAD, rate_prior, scale_prior
from qtwin.fusion.star.parameters import lay_out
from qtwin.fusion.star.posterior import load_fit
from tests.unit.fusion.synthetic import DEVICE, NAN, REFERENCE, Row, observations, truth

TRUE, SIGMA, SHOTS = 0.55, 0.02, 0.02
GRID = np.linspace(-1.0, 3.0, 41)


def measured(references: int, seed: int, damping: tuple[float, float] | None) -> Observations:
    """A device that damps more than most, at many points, and few references."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for x in np.linspace(-0.4, 2.4, references) if references > 1 else [1.2]:
        rows.append((float(x), float(truth(np.asarray(x))), 0.0, 0, NAN, NAN))
    for x in np.linspace(-1.0, 3.0, 13):
        y = TRUE * float(truth(x)) + SHOTS * rng.standard_normal()
        rows.append((float(x), y, SHOTS, 1, 1.0, 0.0))
    return observations(rows, (REFERENCE, replace(DEVICE, damping=damping)))


def errors(references: int, damping: tuple[float, float] | None) -> tuple[float, float]:
    """Root mean square error over seeds, and how often the 95 % band holds the truth."""
    squares, inside = [], []
    for seed in range(3):
        fit = fusion.fit_star(measured(references, seed, damping), steps=480)
        told = fit.predict(GRID[:, None])
        squares.append((told.mean - truth(GRID)) ** 2)
        inside.append((told.lower <= truth(GRID)) & (truth(GRID) <= told.upper))
    return float(np.sqrt(np.mean(squares))), float(np.mean(inside))


@pytest.mark.parametrize("references", [1, 2])
def test_a_twin_with_anchors_is_better_than_one_without(references: int) -> None:
    without, _ = errors(references, None)
    with_them, covered = errors(references, (TRUE + SIGMA, SIGMA))
    assert with_them < 0.7 * without
    assert covered > 0.85


def test_the_prior_is_centred_on_sharp_anchors_and_left_alone_by_poor_ones() -> None:
    sharp = SourceSpec(name="qpu", role=DEVICE.role, damping=(0.4, 0.01))
    mean, sigma = scale_prior(sharp, gains=False)
    assert mean == pytest.approx(0.4, abs=0.02)
    assert sigma == pytest.approx(np.hypot(0.01, SPREAD), rel=0.03)
    poor = replace(sharp, damping=(0.4, 50.0))
    assert scale_prior(poor, gains=False) == pytest.approx((0.85, 0.3), rel=1e-3)
    assert rate_prior(poor) == pytest.approx((0.0, 1.0), abs=1e-3)
    mean, sigma = rate_prior(sharp)
    assert np.exp(mean) == pytest.approx(-np.log(0.4), rel=0.05)
    assert sigma < 0.25
    assert scale_prior(sharp, gains=True) == (1.0, 0.1)


def test_a_layout_has_them_for_the_device_they_are_of() -> None:
    for damping, mean in ((None, 0.85), ((0.5, 0.001), 0.5)):
        layout = lay_out(merge(measured(2, 0, damping)))
        assert layout.mean[layout.names.index("qpu.scale")] == pytest.approx(mean, abs=0.02)


def test_a_fit_keeps_them_and_one_without_is_written_as_ever() -> None:
    kept = fusion.fit_star(measured(2, 0, (0.5, 0.02)), steps=60)
    again = load_fit(kept.to_bytes())
    assert again.sites.specs[1].damping == (0.5, 0.02)
    assert again.to_bytes() == kept.to_bytes()
    assert b'"damping":' not in fusion.fit_star(measured(2, 0, None), steps=60).to_bytes()


@pytest.mark.parametrize("damping", [(NAN, 0.1), (0.5, 0.0), (0.5, float("inf"))])
def test_what_is_no_estimate_is_refused(damping: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="damping"):
        fusion.fit_star(measured(2, 0, damping), steps=60)
