"""Campaigns and schedules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Row

ENDED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Progress(Row):
    jobs_total: int = 0
    jobs_ended: int = 0
    points_total: int = 0
    points_measured: int = 0
    points_failed: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class StepRow(Row):
    name: str
    kind: str
    state: str
    reason: str = ""
    sigma: float | None = None
    spent: float = 0.0
    points_total: int = 0
    points_measured: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class CampaignRow(Row):
    id: str
    project: str
    name: str
    state: str
    reason: str = ""
    progress: Progress
    steps: tuple[StepRow, ...] = ()
    created_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Points done, points in all, and the state: what a bar shows."""
        counts = self.progress
        return counts.points_measured + counts.points_failed, counts.points_total, self.state


@dataclass(frozen=True, kw_only=True, eq=False)
class DecisionRow(Row):
    """What a closed loop decided to measure next, and why."""

    number: int
    step: str = ""
    version: int
    why: str
    sigma: float
    cost: float
    stop: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class ScheduleRow(Row):
    id: str
    project: str
    name: str
    active: bool = True
    every_hours: int | None = None
    next_at: datetime | None = None
    on_calibration: str = ""
    fired: int = 0
    problem: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class EntryRow(Row):
    """A chunk of points, with one run at each source."""

    number: int
    step: str
    points: int
    first: tuple[float, ...] = ()
    last: tuple[float, ...] = ()
    runs: tuple[Mapping[str, Any], ...] = ()
