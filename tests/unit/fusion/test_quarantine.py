"""An epoch that contradicts everything else is left out and reported."""

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import Observations
from qtwin.fusion.star.posterior import load_fit
from tests.unit.fusion.synthetic import DEVICE, NAN, REFERENCE, observations, reordered, truth

GRID = np.linspace(-1.0, 3.0, 21)[:, None]


def _epochs(shifts: dict[str, float], *, std: float = 0.02, seed: int = 4) -> Observations:
    """Five references and a device with seven points in each epoch, each shifted in sigmas."""
    rng = np.random.default_rng(seed)
    rows = [(x, float(truth(x)), 0.0, 0, NAN, NAN) for x in np.linspace(-1.0, 3.0, 5)]
    labels = [""] * len(rows)
    for epoch, shift in shifts.items():
        for x in np.linspace(-0.9, 2.9, 7):
            y = 0.3 + 0.8 * (float(truth(x)) - 0.3) + std * (shift + rng.standard_normal())
            rows.append((float(x), y, std, 1, 1.0, 0.3))
            labels.append(epoch)
    return replace(observations(rows, (REFERENCE, DEVICE)), epoch=tuple(labels))


def test_epochs_that_agree_are_all_kept() -> None:
    fit = fit_star(_epochs({"mon": 0.0, "tue": 0.0, "wed": 0.0}), steps=60)
    assert fit.conflicts == ()
    assert len(fit.sites.y) == 26


def test_a_broken_epoch_is_left_out_and_reported() -> None:
    fit = fit_star(_epochs({"mon": 0.0, "tue": 60.0, "wed": 0.0}), steps=60)
    (conflict,) = fit.conflicts
    assert (conflict.source, conflict.epoch, conflict.rows) == ("qpu", "tue", 7)
    assert conflict.z > 4.0
    without = fit_star(_epochs({"mon": 0.0, "wed": 0.0}, seed=4), steps=60)
    assert len(fit.sites.y) == len(without.sites.y)
    belief = fit.predict(GRID)
    values = truth(GRID[:, 0])
    assert np.mean((belief.lower <= values) & (values <= belief.upper)) >= 0.9


def test_the_order_of_rows_does_not_decide_who_is_left_out() -> None:
    data = _epochs({"mon": 0.0, "tue": 60.0, "wed": 0.0})
    order = np.random.default_rng(3).permutation(len(data.y))
    other = replace(
        reordered(replace(data, epoch=()), np.random.default_rng(3)),
        epoch=tuple(data.epoch[i] for i in order),
    )
    assert fit_star(other, steps=60).to_bytes() == fit_star(data, steps=60).to_bytes()


def test_conflicts_are_stored_with_the_fit() -> None:
    fit = fit_star(_epochs({"mon": 0.0, "tue": 60.0, "wed": 0.0}), steps=60)
    assert load_fit(fit.to_bytes()).conflicts == fit.conflicts


@pytest.mark.parametrize("shift", [1.0, -1.0])
def test_an_epoch_that_drifts_a_little_stays(shift: float) -> None:
    fit = fit_star(_epochs({"mon": 0.0, "tue": shift, "wed": 0.0}), steps=60)
    assert fit.conflicts == ()
    assert "qpu.log_epoch" in fit.layout.names
