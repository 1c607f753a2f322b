"""What a job measured, as arrays in the order of its points.

Shapes: ``P`` points, ``C`` controls, ``K`` knobs, ``O`` observables.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qtwin.client.rows.job import JobDetail
from qtwin.client.rows.measurement import MeasurementRow, Measurements
from qtwin.client.rows.row import Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False)
class Result:
    """A job's numbers.

    Attributes:
        points: Shape (P, C).
        knobs: By name, shape (P,).
        observables: Names of the columns of ``values``.
        units: Of the observables.
        values: Shape (P, O); NaN where there is no answer.
        std: One sigma of statistics, shape (P, O).
        failures: Why a point has no answer, by its row.
        measurements: The same, one by one, with their ids.
    """

    job: JobDetail
    points: Floats
    knobs: dict[str, Floats]
    observables: tuple[str, ...]
    units: tuple[str, ...]
    values: Floats
    std: Floats
    failures: dict[int, str]
    measurements: Measurements

    def __getitem__(self, observable: str) -> Floats:
        """Values of one observable, shape (P,)."""
        return self.values[:, self.observables.index(observable)]

    def to_pandas(self) -> pd.DataFrame:
        """A table with a row for each measurement."""
        return self.measurements.to_pandas()

    def _repr_html_(self) -> str:
        return self.measurements._repr_html_()


def result(job: JobDetail, measurements: Measurements) -> Result:
    """Put measurements into the order of the points that were asked for.

    A number is found by its point and knobs, which come back exactly as they were sent; repeated
    points get repeated measurements in their order, as long as there are any.
    """
    import numpy as np

    found: dict[object, list[MeasurementRow]] = defaultdict(list)
    for row in measurements:
        knobs = tuple(row.knobs.get(name) for name in job.knobs)
        found[row.observable, row.point, knobs].append(row)
    shape = (len(job.points), len(job.observables))
    values, std = np.full(shape, np.nan), np.full(shape, np.nan)
    units = [""] * len(job.observables)
    points = [tuple(point) for point in job.points.tolist()]
    knob_values = [tuple(row) for row in job.knob_values.tolist()] or [()] * len(points)
    for column, observable in enumerate(job.observables):
        for index, place in enumerate(zip(points, knob_values, strict=True)):
            rows = found.get((observable, *place))
            if rows:
                row = rows.pop(0) if len(rows) > 1 else rows[0]
                values[index, column], std[index, column] = row.value, row.std
                units[column] = row.unit
    return Result(
        job=job,
        points=job.points,
        knobs={name: job.knob_values[:, at] for at, name in enumerate(job.knobs)},
        observables=job.observables,
        units=tuple(units),
        values=values,
        std=std,
        failures={one.row: one.reason for one in job.failures},
        measurements=measurements,
    )
