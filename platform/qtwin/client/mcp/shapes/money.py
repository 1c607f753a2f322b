"""What a job would cost, and what may be spent."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from qtwin.client.mcp.shapes.shape import Shape
from qtwin.client.mcp.told import Others, one_line, others
from qtwin.client.rows.money import BudgetRow, Estimate


class Cost(Shape):
    """All amounts are upper bounds that are reserved; seconds are expected."""

    points: int
    points_known: int = Field(description="Measured before; they cost nothing.")
    runs: int
    seconds: float
    seconds_range: list[float]
    usd: float
    qpu_seconds: float
    shots: float

    @classmethod
    def of(cls, row: Estimate) -> Self:
        return cls(
            points=row.points,
            points_known=row.points_known,
            runs=row.runs,
            seconds=row.seconds,
            seconds_range=list(row.seconds_range),
            usd=row.cost_usd,
            qpu_seconds=row.qpu_seconds,
            shots=row.shots,
        )

    def price(self) -> dict[str, float]:
        """What a confirmation agrees to."""
        return {"USD": self.usd, "QPU s": self.qpu_seconds, "shots": self.shots}


class Wrong(Shape):
    """Why the answer would be no."""

    pointer: str = Field(description="JSON pointer into the request; empty: all of it.")
    code: str
    detail: Others


class Estimated(Shape):
    """What a job would take; nothing is submitted."""

    cost: Cost
    allowed: bool = Field(description="Whether this token may submit it now.")
    refused: list[Wrong]
    approval: str = Field(description="Why an approver would have to agree; empty: nobody need.")

    @classmethod
    def of(cls, row: Estimate, *, rights: list[Wrong]) -> Self:
        refused = [*rights]
        if row.refused is not None:
            why = row.refused
            refused.append(Wrong(pointer=why.pointer, code=why.code, detail=others(why.detail)))
        return cls(
            cost=Cost.of(row),
            allowed=not refused,
            refused=refused,
            approval=one_line(row.approval),
        )


class Budget(Shape):
    scope: str
    unit: str
    period: str
    whose: Others
    limit: float
    per_job: float | None
    reserved: float
    spent: float
    left: float
    overdrawn: bool

    @classmethod
    def of(cls, row: BudgetRow) -> Self:
        return cls(
            scope=row.scope,
            unit=row.unit,
            period=row.period,
            whose=others(row.user),
            limit=row.limit,
            per_job=row.per_job,
            reserved=row.reserved,
            spent=row.spent,
            left=row.left,
            overdrawn=row.overdrawn,
        )


class Spending(Shape):
    """What limits the spending of this token in a project."""

    paid_sources: bool = Field(description="Whether sources that cost money may be used at all.")
    approval_above_usd: float
    budgets: list[Budget]
