"""Jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Floats, Row

ENDED = frozenset({"succeeded", "failed", "cancelled"})
HELD = "held"


@dataclass(frozen=True, kw_only=True, eq=False)
class PointFailure(Row):
    """Why one point, by its row, has no answer."""

    row: int
    reason: str


@dataclass(frozen=True, kw_only=True, eq=False)
class JobRow(Row):
    """A job as it was when it was asked."""

    id: str
    project: str
    source: str
    backend: str = ""
    method: str = ""
    state: str
    reason: str = ""
    next_step: str = ""
    estimate: str = ""
    points_done: int
    points_total: int
    points_failed: int = 0
    points_reused: int = 0
    shots: int | None = None
    seed: int | None = None
    retry_of: str | None = None
    estimated_seconds: float = 0.0
    estimated_cost_usd: float = 0.0
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def rests(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.ended or self.state == HELD

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Points done, points in all, and the state: what a bar shows."""
        return self.points_done, self.points_total, self.state

    def _repr_html_(self) -> str:
        from qtwin.client.shown.card import job_card

        return job_card(self)


@dataclass(frozen=True, kw_only=True, eq=False)
class JobDetail(JobRow):
    """A job with its points, shape (P, C), and knobs, shape (P, K)."""

    points: Floats
    knobs: tuple[str, ...] = ()
    knob_values: Floats
    observables: tuple[str, ...] = ()
    failures: tuple[PointFailure, ...] = ()
    submissions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class JobEvent(Row):
    id: int
    kind: str
    from_state: str = ""
    to_state: str = ""
    created_at: datetime | None = None
