"""The measurements for people: one CSV row for each number. Imports read the JSON rows."""

from __future__ import annotations

import json
from collections.abc import Sequence

from qtwin.jobs.models import Measurement
from qtwin.rest.cells import line


class Sheet:
    """Rows of text, ready for a spreadsheet that would take some texts for formulas."""

    def __init__(self, controls: Sequence[str]) -> None:
        self._controls = controls

    def header(self) -> bytes:
        return line(
            [
                *("id", "source", "revision", "observable"),
                *self._controls,
                *("value", "std", "unit", "shots", "knobs", "epoch", "valid", "evidence"),
                *("job", "dataset", "measured_at", "shot_group", "covariance"),
            ]
        )

    def row(self, m: Measurement) -> bytes:
        """A measurement that carries ``valid`` and ``replay_of``."""
        valid = getattr(m, "valid", None) is not False
        replay = getattr(m, "replay_of", None) is not None
        return line(
            [
                *(m.pk, m.source_revision.source.name, m.source_revision.number),
                m.observable.name,
                *(repr(float(value)) for value in m.point),
                *(repr(m.value), repr(m.std), m.unit, m.shots, json.dumps(m.knobs), m.epoch),
                *(valid, valid and not replay, m.job_id, m.dataset_id, m.measured_at.isoformat()),
                *(m.shot_group, f"artifacts/{m.covariance.sha256}" if m.covariance else ""),
            ]
        )
