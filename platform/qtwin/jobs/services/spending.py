"""What a job may spend and has spent, on the budgets of its project, team and user."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Sum

from backends.base import Backend, Kind
from backends.schema import Cost
from qtwin.accounts.services import audit_record
from qtwin.jobs.models import Event, Job, State, Submission
from qtwin.jobs.models.job import APPROVAL
from qtwin.projects.models import Project, Unit
from qtwin.projects.refusal import MICRO, SpendingRefused, amount_text
from qtwin.projects.services import budget_release, budget_reserve, budget_settle
from qtwin.projects.services.notice import Notice


def spending_check(
    project: Project, backend: Backend, cost: Cost, *, may_spend: bool
) -> dict[Unit, int]:
    """What the job must reserve, in micro-units; nothing unless a QPU or money is used.

    Raises:
        SpendingRefused: If the project or the caller may not spend money, or no price is known.
    """
    able = backend.capabilities
    if able.paid and not project.paid_sources:
        raise SpendingRefused(
            f"{backend.name} costs money, and paid sources are off in this project; an owner "
            "turns them on",
            code="paid_sources_off",
        )
    if able.paid and not may_spend:
        raise SpendingRefused(
            f"{backend.name} costs money; the token needs the scope spend", code="scope"
        )
    if able.paid and cost.money_micro_usd <= 0:
        raise SpendingRefused(
            f"no price is known for this on {backend.name}, so nothing can be reserved",
            code="no_price",
        )
    return amounts(cost, paid=able.paid) if able.paid or able.kind is Kind.QPU else {}


def amounts(cost: Cost, *, paid: bool) -> dict[Unit, int]:
    """A cost in micro-units, never rounded down."""
    return {
        Unit.MONEY: cost.money_micro_usd if paid else 0,
        Unit.QPU_SECONDS: math.ceil(cost.qpu_seconds * MICRO),
        Unit.SHOTS: cost.shots * MICRO,
    }


def held_for_approval(project: Project, asked: Mapping[Unit, int]) -> dict[str, Any]:
    """Columns of a new job that costs so much that an approver must agree; else none."""
    money = asked.get(Unit.MONEY, 0)
    if money <= project.approval_above:
        return {}
    most, above = (amount_text(micro, Unit.MONEY) for micro in (money, project.approval_above))
    return {
        "state": State.HOLD,
        "reason_code": APPROVAL,
        "reason": f"It may cost {most}; above {above} an approver must agree.",
    }


def spending_reserve(job: Job, asked: Mapping[Unit, int]) -> None:
    """Reserve for a new job, in the transaction that records it.

    Raises:
        SpendingRefused: If a budget has too little left; the job must not be recorded then.
    """
    if not any(asked.values()):
        return
    notices = budget_reserve(
        project=job.project,
        user=job.created_by,
        token=job.token,
        job_id=job.pk,
        amounts=asked,
    )
    budgets_tell(job, notices)
    audit_record(
        action="job.reserve",
        user=job.created_by,
        team=job.project.team,
        target=f"job:{job.pk}",
        **{unit.value: amount for unit, amount in asked.items() if amount},
    )


def spending_close(job: Job) -> None:
    """Settle what an ended job's submissions cost, once, and give back the rest.

    Vendors do not count shots, so the share of the points that ran counts as used.
    """
    if not (job.estimated_cost or job.estimated_qpu_seconds or job.estimated_shots):
        return
    bought = Submission.objects.filter(job=job).exclude(state=Submission.State.VOID)
    if not bought.exists():
        budget_release(job_id=job.pk)
        return
    used = bought.aggregate(money=Sum("settled_cost"), qpu=Sum("settled_qpu"))
    ran = bought.filter(state=Submission.State.DONE) | bought.filter(settled_cost__gt=0)
    rows = ran.aggregate(rows=Sum("rows"))["rows"] or 0
    share = min(1.0, rows / max(1, job.points_total - job.points_reused))
    notices = budget_settle(
        project=job.project,
        user=job.created_by,
        token=job.token,
        job_id=job.pk,
        amounts={
            Unit.MONEY: used["money"] or 0,
            Unit.QPU_SECONDS: used["qpu"] or 0,
            Unit.SHOTS: math.ceil(job.estimated_shots * share) * MICRO,
        },
    )
    budgets_tell(job, notices)


def budgets_tell(job: Job, notices: Iterable[Notice]) -> None:
    """Events for budgets of which a job has just used up most, or more than all."""
    Event.objects.bulk_create(
        Event(
            project_id=job.project_id,
            job=job,
            kind=f"budget.{notice.kind}",
            fence=job.fence,
            data={
                "budget": str(notice.budget.pk),
                "scope": notice.budget.scope.value,
                "unit": notice.budget.unit,
                "period": notice.budget.period,
                "limit_micro": notice.budget.limit,
                "left_micro": notice.budget.left,
            },
        )
        for notice in notices
    )
