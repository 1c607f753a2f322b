"""What tests of spending grant, read and run."""

from __future__ import annotations

from qtwin.jobs.models import Job
from qtwin.projects.models import Budget, Period, Project, Unit
from qtwin.projects.services import budget_set
from tests.unit.jobs.stepping import take_steps

USD = 1_000_000


def grant(project: Project, unit: Unit, limit: int) -> Budget:
    """Set the project's budget of a unit in all."""
    row = budget_set(
        scope=project, unit=unit, period=Period.TOTAL, limit=limit, per_job=None, by=None
    )
    assert isinstance(row, Budget)
    return row


def columns(budget: Budget) -> tuple[int, int]:
    """What is reserved and spent now."""
    budget.refresh_from_db()
    return budget.reserved, budget.spent


def finish(job: Job) -> Job:
    """Take all steps of a job that wait for nobody."""
    return take_steps(job, 8)
