"""Only what saw the device speaks of it, and each shot once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.systems import load
from qtwin.worlds.calibration import Block, CalibrationData, NothingOfTheDevice, Row
from qtwin.worlds.calibration import calibration_data as read
from tests.unit.worlds.calibration.test_dynamics import SWEEP

SYSTEM: Any = load(SWEEP)
DEVICE = Row(
    source="aquila", role="device", point=(10.0,), observable="density",
    value=0.4, std=0.01, shots=1000,
)  # fmt: skip


def data(*rows: Row, blocks: tuple[Block, ...] = ()) -> CalibrationData:
    return read(SYSTEM, rows, blocks)


@pytest.mark.parametrize("role", ["reference", "approximation"])
def test_a_source_that_does_not_see_the_device_says_nothing(role: str) -> None:
    other = replace(DEVICE, role=role, value=0.9, std=1e-9)
    found = data(DEVICE, other)
    assert found.values.tolist() == [0.4]
    assert found.left_out == {"its source does not see the device": 1}
    assert found.digest() == data(DEVICE).digest()
    with pytest.raises(NothingOfTheDevice, match="does not see the device"):
        data(other)


def test_amplified_noise_and_observables_with_an_x_are_left_out() -> None:
    gained = replace(DEVICE, knobs={"noise_gain": 3.0})
    energy = replace(DEVICE, observable="energy")
    assert data(DEVICE, gained, energy).left_out == {
        "energy is not read along z": 1,
        "noise was amplified": 1,
    }


def test_shots_are_counted_once_for_all_observables_read_from_them() -> None:
    counts = {"000": 600, "101": 400}
    first = replace(DEVICE, counts=counts)
    second = replace(first, observable="staggered_density", value=0.3)
    found = data(first, second, replace(DEVICE, point=(20.0,)))
    assert found.counts.tolist() == [[600, 0, 0, 0, 0, 400, 0, 0]]
    assert found.shots.tolist() == [1000]
    assert found.points.tolist() == [[10.0], [20.0]]
    assert found.value_points.tolist() == [1]


def test_counts_of_another_register_are_refused() -> None:
    with pytest.raises(ValueError, match="'01'; allowed: 3 of 0 and 1"):
        data(replace(DEVICE, counts={"01": 5}))


def test_shots_that_all_agree_still_have_an_error() -> None:
    found = data(replace(DEVICE, value=0.0, std=0.0, shots=98))
    assert found.covariance[0, 0] == pytest.approx(0.01**2)
    with pytest.raises(NothingOfTheDevice, match="no statistical error"):
        data(replace(DEVICE, std=0.0, shots=None))


def test_rows_of_the_same_shots_keep_their_covariance() -> None:
    rows = (
        replace(DEVICE, role="reference"),
        DEVICE,
        replace(DEVICE, observable="staggered_density"),
    )
    shared = np.array([[1.0, 0.2, 0.3], [0.2, 1e-4, 5e-5], [0.3, 5e-5, 1e-4]])
    found = data(*rows, blocks=(Block(rows=(0, 1, 2), covariance=shared),))
    assert found.covariance == pytest.approx(np.array([[1e-4, 5e-5], [5e-5, 1e-4]]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": np.array([np.nan])}, "finite"),
        ({"covariance": np.zeros((1, 1))}, "no statistical error"),
        ({"value_points": np.array([4])}, "beyond the 1 points"),
        ({"observables": ()}, "as many observables"),
        ({"counts": np.array([[-1]]), "count_points": np.array([0])}, "below 0"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(data(DEVICE), **change)
