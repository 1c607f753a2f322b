"""Worlds, and what is trained in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Row

ENDED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, kw_only=True, eq=False)
class WorkRow(Row):
    """What a worker makes."""

    id: str
    state: str
    reason: str = ""
    field: str = ""
    created_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True, kw_only=True, eq=False)
class WorldRow(WorkRow):
    project: str
    name: str
    kind: str
    twin_version: int | None = None
    held_out_version: int | None = None
    digest: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Parts done, parts in all, and the state: what a bar shows."""
        return int(self.ended), 1, self.state


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingRunRow(WorkRow):
    project: str
    world: str
    name: str = ""
    learner: Mapping[str, Any] = field(default_factory=dict)
    seed: int
    evaluations: int | None = None
    seconds: float | None = None
    used: int = 0
    seconds_used: float = 0.0
    best: float | None = None
    policy: str | None = None

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Episodes played, those of the budget, and the state: what a bar shows."""
        if self.evaluations is not None:
            return self.used, self.evaluations, self.state
        return int(self.seconds_used), int(self.seconds or 0), self.state


@dataclass(frozen=True, kw_only=True, eq=False)
class CurveRow(Row):
    """After one generation; ``lower`` to ``upper`` is around ``mean``."""

    number: int
    evaluations: int
    seconds: float
    best: float
    mean: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True, eq=False)
class PolicyRow(Row):
    id: str
    project: str
    world: str
    run: str | None = None
    uploaded: bool = False
    name: str
    kind: str
    twin_version: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""
    size_bytes: int = 0
    created_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class EvaluationRow(WorkRow):
    policy: str
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class ReportRow(WorkRow):
    project: str
    world: str
    policy: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    transfer_project: str | None = None
    job: str | None = None

    @property
    def stages(self) -> list[Mapping[str, Any]]:
        """Those that are done, each with its value and interval."""
        return list(self.document.get("document", {}).get("stages", ()))

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Stages done, stages in all, and the state: what a bar shows."""
        return len(self.stages), len(self.asked.get("stages", ())), self.state


@dataclass(frozen=True, kw_only=True, eq=False)
class LoopRow(WorkRow):
    project: str
    world: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    most_rounds: int
    improvement: float = 0.0

    @property
    def rounds(self) -> list[Mapping[str, Any]]:
        """Those begun: ids of what each made, its gap, and by how much that fell."""
        return list(self.document.get("rounds", ()))

    @property
    def so_far(self) -> tuple[int, int, str]:
        """Rounds with a report, rounds at most, and the state: what a bar shows."""
        done = sum(one.get("gap") is not None for one in self.rounds)
        return done, self.most_rounds, self.state
