"""What a device has drifted since it measured widens the error of its old numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations
from qtwin.fusion.evidence.merge import merge
from qtwin.fusion.evidence.selection import select
from tests.unit.fusion.synthetic import DEVICE, NAN, REFERENCE, observations, truth

MIXED = -2.0


def data(drift: FloatArray | None) -> Observations:
    """Two exact points, and a device that measured one point four times and another once."""
    rows = [(x, float(truth(np.array(x))), 0.0, 0, NAN, NAN) for x in (-1.0, 2.0)]
    rows += [(0.5, 1.0 + 0.01 * k, 0.1, 1, 1.0, MIXED) for k in range(4)]
    rows += [(1.5, 0.5, 0.1, 1, 1.0, MIXED)]
    return replace(observations(rows, (REFERENCE, DEVICE)), drift=drift)


def device_var(made: Observations) -> FloatArray:
    sites = merge(made)
    of_device = np.array([spec.name == DEVICE.name for spec in sites.specs])[sites.source]
    found: FloatArray = sites.var[of_device]
    return found


OLD = np.array([0.0, 0.0, 0.05, 0.05, 0.05, 0.05, 0.0])


def test_repeats_do_not_average_a_drift_away() -> None:
    before, after = device_var(data(None)), device_var(data(OLD))
    np.testing.assert_allclose(before, [0.01 / 4, 0.01])
    signal = 1.015 - MIXED
    np.testing.assert_allclose(after, [0.01 / 4 + (0.05 * signal) ** 2, 0.01])


def test_no_drift_changes_no_bit() -> None:
    none, zero = (fit_star(data(drift), seed=0, steps=20) for drift in (None, 0.0 * OLD))
    assert none.to_bytes() == zero.to_bytes()


def test_an_old_number_weighs_less() -> None:
    """And what is believed near it is less certain."""
    x = np.array([[0.5]])
    fresh, old = (fit_star(data(d), seed=0, steps=60).predict(x) for d in (None, 6.0 * OLD))
    assert abs(old.shares[DEVICE.name][0]) < abs(fresh.shares[DEVICE.name][0])
    assert old.std[0] > fresh.std[0]


def test_it_goes_with_its_rows() -> None:
    rows = np.array([0, 2, 6])
    np.testing.assert_array_equal(select(data(OLD), rows).drift, [0.0, 0.05, 0.0])


def test_the_drift_of_a_number_whose_mixed_value_nobody_knows_is_not_known_either() -> None:
    made = data(OLD)
    unknown = replace(made, mixed_value=np.full(7, NAN))
    np.testing.assert_array_equal(device_var(unknown), device_var(replace(unknown, drift=None)))


@pytest.mark.parametrize(
    ("drift", "said"),
    [
        (np.zeros(3), "shape"),
        (OLD * -1.0, "outside 0 to 1"),
        (OLD * np.nan, "outside 0 to 1"),
        (OLD + 0.1, "not of a device"),
    ],
)
def test_malformed_drifts_are_refused(drift: FloatArray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        merge(data(drift))
