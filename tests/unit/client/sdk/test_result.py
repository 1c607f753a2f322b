"""A job's numbers in the order of its points, whatever the order of the server."""

from __future__ import annotations

from typing import Any

import numpy as np

from qtwin.client.rows.job import JobDetail
from qtwin.client.rows.measurement import MeasurementRow, Measurements
from qtwin.client.rows.result import Result, result
from tests.unit.client.sdk.conftest import JOB


def row(x: float, value: float, observable: str = "energy", **knobs: float) -> MeasurementRow:
    return MeasurementRow(
        id="1",
        source="s",
        observable=observable,
        point=(x,),
        knobs=knobs,
        value=value,
        std=0.1,
        unit="hartree",
    )


def read(rows: list[MeasurementRow], **job: Any) -> Result:
    detail = JobDetail.read({**JOB, "observables": ["energy", "gap"], **job})
    return result(detail, Measurements(rows=tuple(rows), controls=("r",)))


def test_points_that_repeat_get_their_repetitions_in_order() -> None:
    found = read(
        [row(0.7, 3.0), row(0.5, 1.0), row(0.5, 2.0), row(0.5, 9.0, "gap")],
        points=[[0.5], [0.7], [0.5]],
    )
    assert found["energy"].tolist() == [1.0, 3.0, 2.0]
    assert found["gap"].tolist()[0] == 9.0
    assert np.isnan(found["gap"][1])
    assert found.units == ("hartree", "hartree")


def test_one_measurement_serves_all_its_repetitions() -> None:
    assert read([row(0.5, 1.0)], points=[[0.5], [0.5]])["energy"].tolist() == [1.0, 1.0]


def test_knobs_tell_points_apart() -> None:
    found = read(
        [row(0.5, 3.0, noise_gain=3.0), row(0.5, 1.0, noise_gain=1.0)],
        points=[[0.5], [0.5], [0.5]],
        knobs=["noise_gain"],
        knob_values=[[1.0], [3.0], [5.0]],
        failures=[{"row": 2, "reason": "too noisy"}],
    )
    assert found["energy"].tolist()[:2] == [1.0, 3.0]
    assert np.isnan(found["energy"][2])
    assert found.knobs["noise_gain"].tolist() == [1.0, 3.0, 5.0]
    assert found.failures == {2: "too noisy"}
