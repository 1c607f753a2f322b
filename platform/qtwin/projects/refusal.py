"""Why spending was refused."""

from __future__ import annotations

from typing import Any

from backends.errors import BackendError
from qtwin.projects.models import Budget, Unit

MICRO = 1_000_000
NAMES = {
    Unit.MONEY: "USD",
    Unit.QPU_SECONDS: "QPU s",
    Unit.SHOTS: "shots",
    Unit.CPU_SECONDS: "CPU s",
}


def amount_text(micro: int, unit: str) -> str:
    """An amount for people, e.g. ``12.30 USD``; never rounded down."""
    if unit == Unit.SHOTS:
        return f"{-(-micro // MICRO):,} {NAMES[Unit.SHOTS]}"
    hundredths = -(-micro // (MICRO // 100))
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d} {NAMES[Unit(unit)]}"


class SpendingRefused(BackendError):
    """The job would spend what it may not. The message is fit for a user.

    Attributes:
        code: Which rule refused it.
        field: JSON pointer of what is to blame.
        facts: What a program wants to know about it.
    """

    def __init__(self, message: str, *, code: str, facts: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = "/source"
        self.facts = facts or {}


class BudgetExceeded(SpendingRefused):
    """One budget has less left than was asked, or allows less per job."""

    def __init__(self, budget: Budget, asked: int) -> None:
        per_job = budget.per_job is not None and asked > budget.per_job
        allowed = (
            f"{amount_text(budget.per_job or 0, budget.unit)} per job"
            if per_job
            else f"{amount_text(budget.left, budget.unit)} left of "
            f"{amount_text(budget.limit, budget.unit)}"
        )
        super().__init__(
            f"the job may take {amount_text(asked, budget.unit)}; {budget} allows {allowed}",
            code="per_job" if per_job else "budget_exceeded",
            facts={
                "budget": str(budget.pk),
                "scope": budget.scope.value,
                "unit": budget.unit,
                "period": budget.period,
                "limit": budget.limit / MICRO,
                "per_job": None if budget.per_job is None else budget.per_job / MICRO,
                "left": budget.left / MICRO,
                "asked": asked / MICRO,
            },
        )
