"""Seconds that a training run may take and took, on the budgets of its project, team and user."""

from __future__ import annotations

from collections.abc import Iterable

from backends.errors import ProgramRejected
from qtwin.jobs.models import Event
from qtwin.projects.models import Budget, DailyLimit, Unit
from qtwin.projects.refusal import MICRO
from qtwin.projects.selectors import of_spender
from qtwin.projects.services import budget_reserve, budget_settle
from qtwin.projects.services.notice import Notice
from qtwin.training.models import TrainingRun

UNIT = Unit.CPU_SECONDS


def run_reserve(run: TrainingRun) -> None:
    """Reserve the seconds of a new run, in the transaction that records it.

    Raises:
        BudgetExceeded: A budget has too little left; the run must not be recorded then.
        ProgramRejected: A budget limits seconds, and the run names none.
    """
    project = run.world.project
    if run.seconds is None:
        mine = of_spender(project, run.created_by, run.token)
        limits = (Budget, DailyLimit)
        if any(rows.objects.filter(mine, unit=UNIT).exists() for rows in limits):
            raise ProgramRejected(
                "needed: a budget limits the seconds of training here", field="/seconds"
            )
        return
    notices = budget_reserve(
        project=project,
        user=run.created_by,
        token=run.token,
        job_id=run.pk,
        amounts={UNIT: round(run.seconds * MICRO)},
    )
    _tell(run, notices)


def run_settle(run: TrainingRun) -> None:
    """Record what an ended run took, and give back the rest; in the transaction of its end."""
    notices = budget_settle(
        project=run.world.project,
        user=run.created_by,
        token=run.token,
        job_id=run.pk,
        amounts={UNIT: round(run.seconds_used * MICRO)},
    )
    _tell(run, notices)


def _tell(run: TrainingRun, notices: Iterable[Notice]) -> None:
    Event.objects.bulk_create(
        Event(
            project_id=run.world.project_id,
            kind=f"budget.{notice.kind}",
            fence=run.fence,
            data={
                "budget": str(notice.budget.pk),
                "scope": notice.budget.scope.value,
                "unit": notice.budget.unit,
                "period": notice.budget.period,
                "limit_micro": notice.budget.limit,
                "left_micro": notice.budget.left,
                "run": str(run.pk),
            },
        )
        for notice in notices
    )
