"""The points of a chart: a version's evidence, or what is valid at some time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from qtwin.jobs.models import Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Observable, Project
from qtwin.twins.models import TwinFit

_SOURCE = "source_revision__source__name"
_COLUMNS = ("pk", _SOURCE, "point", "value", "std", "knobs", "job_id", "dataset_id")


class ChartPoints:
    """Measurements of one observable as a chart draws them, over one control.

    Of several controls each point has all in ``at``: over one of them it is a projection.

    Args:
        axis: Index of the control that runs.
        fit: Of a version, whose evidence is wanted; None for what is valid.
        at: Valid at this time; None for now.
    """

    def __init__(
        self,
        project: Project,
        observable: Observable,
        *,
        fit: TwinFit | None = None,
        at: datetime | None = None,
        axis: int = 0,
    ) -> None:
        self._project, self._axis = project, axis
        self._rows: QuerySet[Measurement] = (
            measurements_valid(project.pk, at=at).filter(observable=observable)
            if fit is None
            else Measurement.objects.filter(pk__in=fit.measurement_ids)
        )

    def sources(self) -> list[dict[str, Any]]:
        """The project's sources in their order, each with the number of its measurements."""
        counted = self._rows.order_by().values_list(_SOURCE).annotate(count=Count("pk"))
        counts = dict(counted)
        return [
            {
                "name": source.name,
                "label": source.label,
                "role": source.role,
                "measurements": counts.get(source.name, 0),
            }
            for source in self._project.sources.all()
        ]

    def points(self) -> list[dict[str, Any]]:
        """Each with its place, value and error in canonical units, and where it came from."""
        rows = self._rows.order_by("pk").values_list(*_COLUMNS)
        return [
            {
                "id": str(pk),
                "source": source,
                "x": point[self._axis],
                "at": point,
                "value": value,
                "std": std,
                "gain": knobs.get("noise_gain"),
                "job": str(job) if job else None,
                "dataset": str(dataset) if dataset else None,
            }
            for pk, source, point, value, std, knobs, job, dataset in rows
        ]
