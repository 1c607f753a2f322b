"""The measurements that share shots with one, and how their errors go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qtwin.jobs.covariance import ShotCovariance
from qtwin.jobs.models import Measurement
from qtwin.jobs.selectors import measurements_of
from qtwin.projects.services import artifact_read

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SharedShots:
    """Numbers that were estimated from the same shots.

    Attributes:
        measurements: G of them, by row and observable; each carries ``valid``.
        covariance: Shape ``(G, G)``, in the products of their units.
    """

    measurements: tuple[Measurement, ...]
    covariance: NDArray[np.float64]


def shots_shared(measurement: Measurement) -> SharedShots | None:
    """The block of a measurement; None where no covariance with another number is known."""
    if measurement.covariance is None:
        return None
    rows = list(
        measurements_of(measurement.project_id)
        .filter(covariance=measurement.covariance, shot_group=measurement.shot_group)
        .order_by("row", "observable__name")
    )
    numbers = [(row.row, row.observable.name) for row in rows]
    for block in ShotCovariance.from_bytes(artifact_read(measurement.covariance)).blocks:
        if (measurement.row, measurement.observable.name) in block.numbers:
            inside, covariance = block.among(numbers)
            return SharedShots(
                measurements=tuple(rows[index] for index in inside), covariance=covariance
            )
    return None
