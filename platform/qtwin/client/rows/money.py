"""What things cost and may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from qtwin.client.rows.row import Row


@dataclass(frozen=True, kw_only=True, eq=False)
class BudgetRow(Row):
    """A limit, and what is left of it."""

    id: str
    scope: str
    unit: str
    period: str
    user: str | None = None
    limit: float
    per_job: float | None = None
    reserved: float
    spent: float
    left: float
    overdrawn: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class LedgerRow(Row):
    """One movement of a budget."""

    id: int
    budget: str
    unit: str
    job: str
    kind: str
    amount: float
    created_at: datetime


@dataclass(frozen=True, kw_only=True, eq=False)
class SpendingRule(Row):
    """Whether a project may pay, and above which amount a second person agrees."""

    paid_sources: bool = False
    approval_above: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Refusal(Row):
    """Why a job would be refused."""

    pointer: str = ""
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimate(Row):
    """What a job would take; nothing is submitted.

    Attributes:
        points_known: Points that were measured before, and cost nothing.
        approval: Why a second person would have to agree; empty where none has to.
        refused: Why it would be refused, None where it would not.
    """

    points: int
    points_known: int
    runs: int
    seconds: float
    seconds_range: tuple[float, ...]
    memory_bytes: int = 0
    cost_usd: float
    qpu_seconds: float = 0.0
    shots: float = 0.0
    approval: str = ""
    refused: Refusal | None = None
    queue: Mapping[str, Any] | None = field(default=None)
