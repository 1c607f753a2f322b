"""Calibration epochs of one device share what does not change between them."""

from __future__ import annotations

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations
from tests.unit.fusion.synthetic import DEVICE, NAN, REFERENCE, observations, truth

GRID = np.linspace(-1.0, 3.0, 41)[:, None]
EPOCHS = ("monday", "tuesday", "wednesday")


def _data(shift: float, epochs: int, seed: int) -> Observations:
    """Four references, and a damped device of which the last epoch is shifted."""
    rng = np.random.default_rng(seed)
    rows = [(float(x), float(truth(x)), 0.0, 0, NAN, NAN) for x in np.linspace(-1, 3, 4)]
    labels = [""] * len(rows)
    for epoch in range(3):
        for x in np.linspace(-1.0 + 0.1 * epoch, 2.8 + 0.1 * epoch, 9):
            y = 0.7 * float(truth(x)) + (shift if epoch == 2 else 0.0)
            rows.append((float(x), y + 0.02 * rng.standard_normal(), 0.02, 1, 1.0, 0.0))
            labels.append(EPOCHS[epoch])
    kept = [i for i, label in enumerate(labels) if label in ("", *EPOCHS[:epochs])]
    data = observations([rows[i] for i in kept], (REFERENCE, DEVICE))
    return Observations(
        **{
            **{name: getattr(data, name) for name in data.__slots__},
            "epoch": tuple(labels[i] for i in kept),
        }
    )


def _error(mean: FloatArray) -> float:
    return float(np.sqrt(np.mean((mean - truth(GRID[:, 0])) ** 2)))


@pytest.mark.parametrize("shift", [0.02, 0.5])
def test_a_shifted_epoch_does_not_spoil_what_the_others_say(shift: float) -> None:
    """Whether it is small and absorbed, or large and left out."""
    values = truth(GRID[:, 0])
    with_it, without, covered, left_out = [], [], [], []
    for seed in range(4):
        fit = fit_star(_data(shift, 3, seed), seed=seed, steps=120)
        belief = fit.predict(GRID)
        with_it.append(_error(belief.mean))
        fewer = fit_star(_data(shift, 2, seed), seed=seed, steps=120)
        without.append(_error(fewer.predict(GRID).mean))
        covered.append(np.mean((belief.lower <= values) & (values <= belief.upper)))
        left_out.append([conflict.epoch for conflict in fit.conflicts])
    assert np.mean(with_it) < 1.25 * np.mean(without)
    assert np.mean(covered) > 0.9
    assert all(epochs == (["wednesday"] if shift > 0.1 else []) for epochs in left_out)
