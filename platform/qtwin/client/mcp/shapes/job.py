"""Jobs, campaigns and measurements."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from qtwin.client.mcp.shapes.shape import Knobs, Shape, moment
from qtwin.client.mcp.told import MOST_ITEMS, Others, others, others_in
from qtwin.client.rows.campaign import CampaignRow
from qtwin.client.rows.job import JobDetail, JobRow
from qtwin.client.rows.measurement import MeasurementRow


class JobSeen(Shape):
    id: str
    project: str
    source: str
    backend: str
    method: str
    state: str = Field(description="queued, running, held, succeeded, failed or cancelled.")
    reason: Others = Field(description="Why it waits, failed or was cancelled.")
    next_step: Others
    estimate: Others
    points_done: int
    points_total: int
    points_failed: int
    cost_usd: float = Field(description="At most, as it was estimated.")
    created_at: str
    finished_at: str

    @classmethod
    def of(cls, row: JobRow) -> Self:
        return cls(
            id=row.id,
            project=row.project,
            source=row.source,
            backend=row.backend,
            method=row.method,
            state=row.state,
            reason=others(row.reason),
            next_step=others(row.next_step),
            estimate=others(row.estimate),
            points_done=row.points_done,
            points_total=row.points_total,
            points_failed=row.points_failed,
            cost_usd=row.estimated_cost_usd,
            created_at=moment(row.document.get("created_at")),
            finished_at=moment(row.document.get("finished_at")),
        )


class PointFailed(Shape):
    row: int
    reason: Others


class JobWatched(JobSeen):
    """A job with what went wrong."""

    rests: bool = Field(description="Whether nothing more happens by itself.")
    failures: list[PointFailed] = Field(description="At most 50 of its points without an answer.")

    @classmethod
    def seen(cls, row: JobDetail) -> Self:
        failed = row.failures[:MOST_ITEMS]
        return cls(
            **JobSeen.of(row).model_dump(),
            rests=row.rests,
            failures=[PointFailed(row=one.row, reason=others(one.reason)) for one in failed],
        )


class CampaignSeen(Shape):
    id: str
    project: str
    name: Others
    state: str
    reason: Others
    points_measured: int
    points_total: int
    jobs_ended: int
    jobs_total: int

    @classmethod
    def of(cls, row: CampaignRow) -> Self:
        return cls(
            id=row.id,
            project=row.project,
            name=others(row.name),
            state=row.state,
            reason=others(row.reason),
            points_measured=row.progress.points_measured,
            points_total=row.progress.points_total,
            jobs_ended=row.progress.jobs_ended,
            jobs_total=row.progress.jobs_total,
        )


class Measured(Shape):
    """One number with its statistical error."""

    id: str
    source: str
    observable: str
    point: list[float]
    knobs: Knobs
    value: float
    std: float = Field(description="One sigma of statistics; a source's bias is not in it.")
    unit: str
    shots: int | None
    valid: bool = Field(description="Whether the twin takes it as evidence.")
    job: str = Field(description="Empty where it was imported.")
    measured_at: str

    @classmethod
    def of(cls, row: MeasurementRow) -> Self:
        return cls(
            id=row.id,
            source=row.source,
            observable=row.observable,
            point=list(row.point),
            knobs=others_in(dict(row.knobs)),
            value=row.value,
            std=row.std,
            unit=row.unit,
            shots=row.shots,
            valid=row.valid,
            job=row.job or "",
            measured_at=moment(row.document.get("measured_at")),
        )
