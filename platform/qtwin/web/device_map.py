"""The map of a calibration on the page of its device."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from django.http import QueryDict

from backends.schema import CalibrationSnapshot
from qtwin.drawing.device.field import field_figure
from qtwin.drawing.device.figure import device_figure, metrics_of
from qtwin.drawing.device.metrics import METRICS, Metric
from qtwin.jobs.models import Calibration
from qtwin.web.drawings import Drawn

ANALOG = "aquila"


class DeviceMap:
    """One of a device's calibrations, coloured by what the viewer chose."""

    def __init__(self, row: Calibration, query: QueryDict) -> None:
        self.row = row
        self.said = CalibrationSnapshot.from_dict(row.document)
        self._query = query

    @cached_property
    def metrics(self) -> list[Metric]:
        """What qubits can be coloured by."""
        return metrics_of(self.said)

    @property
    def metric(self) -> Metric:
        """What they are coloured by."""
        wanted = self._query.get("nodes", "")
        return next(
            (metric for metric in self.metrics if metric.name == wanted),
            self.metrics[0] if self.metrics else METRICS["readout"],
        )

    @cached_property
    def drawn(self) -> Drawn | None:
        """None where the device says nothing that has a place."""
        if self.said.qubits or any(gate.qubits for gate in self.said.gates):
            return Drawn(device_figure(self.said, self.metric))
        return Drawn(field_figure(self.said)) if ANALOG in self.said.device.lower() else None


def device_map(rows: Sequence[Calibration], query: QueryDict) -> DeviceMap | None:
    """Of the calibration that is asked for by ``map``, else of the newest; None without any."""
    told = [row for row in rows if row.digest]
    wanted = next((row for row in told if str(row.pk) == query.get("map", "")), None)
    row = wanted or (told[0] if told else None)
    return None if row is None else DeviceMap(row, query)
