"""What a job may spend: reserved before it runs, settled or released when it has ended.

A bill that changes later corrects it.

Every function is one transaction and takes its budgets in the order of their ids, so that two of
them never wait for each other; none reads a budget to decide what to write to it. Each happens at
most once per job and budget, a correction once per change: a repetition changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from qtwin.accounts.models import ApiToken, User
from qtwin.accounts.services import token_usable
from qtwin.projects.models import Budget, DailyLimit, LedgerEntry, Period, Project, Unit
from qtwin.projects.models.budget import today
from qtwin.projects.refusal import BudgetExceeded, SpendingRefused
from qtwin.projects.selectors import budget_of_today, of_spender
from qtwin.projects.services.notice import Notice, notice_of, notice_over

Amounts = Mapping[Unit, int]
"""Micro-units by unit."""


@transaction.atomic
def budget_reserve(
    *,
    project: Project,
    user: User | None,
    job_id: UUID,
    amounts: Amounts,
    token: ApiToken | None = None,
) -> list[Notice]:
    """Promise amounts to a job, on every budget of its project, its team, its user and its token.

    Returns:
        What people should hear.

    Raises:
        SpendingRefused: If money is asked for and no budget grants any, an agent has none of its
            own, or the token was revoked.
        BudgetExceeded: If one budget has too little left; nothing is reserved then.
    """
    asked = {unit: amount for unit, amount in amounts.items() if amount > 0}
    budgets = _current(project, user, asked, token)
    if Unit.MONEY in asked and token is not None:
        _check_token(token, budgets)
    granted = [budget for budget in budgets if budget.token_id is None]  # a token's owner sets its
    if Unit.MONEY in asked and all(budget.unit != Unit.MONEY for budget in granted):
        raise SpendingRefused(
            f"project {project.name!r}, its team and you have no budget of money; an owner or "
            "admin must set one",
            code="no_budget",
        )
    notices = []
    for budget in budgets:
        amount = asked[Unit(budget.unit)]
        if _enter(budget.pk, job_id, LedgerEntry.Kind.RESERVE, amount):
            _take(budget, amount)
            notices += notice_of(budget, left_before=budget.left)
    return notices


@transaction.atomic
def budget_settle(
    *,
    project: Project,
    user: User | None,
    job_id: UUID,
    amounts: Amounts,
    token: ApiToken | None = None,
) -> list[Notice]:
    """Record what a job has really used, and release what was reserved for it.

    A settlement always lands, above the reservation and the limit too. It lands on the budgets
    that the job reserved; in a unit that it did not reserve, on those that it would reserve now.

    Returns:
        What people should hear.
    """
    if any(amount < 0 for amount in amounts.values()):
        raise ValueError(f"a settlement of {dict(amounts)}; allowed: amounts from 0")
    entries = LedgerEntry.objects.filter(job_id=job_id)
    if entries.filter(kind=LedgerEntry.Kind.SETTLE).exists():
        budget_release(job_id=job_id)
        return []
    reserved = {entry.budget_id: entry for entry in entries.filter(kind=LedgerEntry.Kind.RESERVE)}
    budgets = list(Budget.objects.filter(pk__in=reserved))
    missing = {unit for unit, amount in amounts.items() if amount > 0}
    missing -= {Unit(budget.unit) for budget in budgets}
    notices = []
    for budget in _in_order([*budgets, *_current(project, user, missing, token)]):
        before = _release(reserved[budget.pk]) if budget.pk in reserved else 0
        amount = amounts.get(Unit(budget.unit), 0)
        if _enter(budget.pk, job_id, LedgerEntry.Kind.SETTLE, amount):
            _spend(budget, amount)
            notices += notice_of(budget, left_before=budget.left + amount - before)
            notice_over(budget)
    return notices


@transaction.atomic
def budget_correct(*, job_id: UUID, correction: UUID, unit: Unit, amount: int) -> list[Notice]:
    """Add to what a settled job has spent; it lands where the job was settled, above the limit too.

    Args:
        correction: Which change of the bill this is.
        amount: Micro-units more than before; negative for less.

    Returns:
        What people should hear.
    """
    settled = Budget.objects.filter(
        entries__job_id=job_id, entries__kind=LedgerEntry.Kind.SETTLE, unit=unit
    )
    notices = []
    for budget in _in_order(settled):
        if _enter(budget.pk, job_id, LedgerEntry.Kind.CORRECT, amount, correction):
            _spend(budget, amount)
            notices += notice_of(budget, left_before=budget.left + amount)
            notice_over(budget)
    return notices


def _spend(budget: Budget, amount: int) -> None:
    Budget.objects.filter(pk=budget.pk).update(spent=F("spent") + amount)
    budget.refresh_from_db()


@transaction.atomic
def budget_release(*, job_id: UUID) -> None:
    """Give back what is still reserved for a job."""
    reserved = LedgerEntry.objects.filter(job_id=job_id, kind=LedgerEntry.Kind.RESERVE)
    for entry in reserved.order_by("budget_id").select_related("budget"):
        _release(entry)
        notice_over(entry.budget)


def _check_token(token: ApiToken, budgets: Iterable[Budget]) -> None:
    if not token_usable(token):
        raise SpendingRefused(
            f"the token {token.name!r} was revoked or has expired", code="token_ended"
        )
    own = [budget for budget in budgets if budget.token_id == token.pk]
    if token.agent and all(budget.unit != Unit.MONEY for budget in own):
        raise SpendingRefused(
            f"the agent's token {token.name!r} has no budget of its own; its owner sets one",
            code="no_budget",
        )


def _current(
    project: Project, user: User | None, units: Iterable[Unit], token: ApiToken | None
) -> list[Budget]:
    """The budgets that spending now counts on, with those of today made where needed."""
    day = today()
    mine = of_spender(project, user, token) & Q(unit__in=list(units))
    Budget.objects.bulk_create(
        (budget_of_today(standing) for standing in DailyLimit.objects.filter(mine)),
        ignore_conflicts=True,
    )
    now = Q(period=Period.TOTAL) | Q(period=Period.DAY, day=day)
    return _in_order(Budget.objects.filter(mine, now))


def _in_order(budgets: Iterable[Budget]) -> list[Budget]:
    return sorted(budgets, key=lambda budget: budget.pk)


def _take(budget: Budget, amount: int) -> None:
    """Reserve on one budget; the limits are guards of the UPDATE itself."""
    taken = (
        Budget.objects.filter(pk=budget.pk, limit__gte=F("spent") + F("reserved") + amount)
        .filter(Q(per_job=None) | Q(per_job__gte=amount))
        .update(reserved=F("reserved") + amount)
    )
    if not taken:
        budget.refresh_from_db()
        raise BudgetExceeded(budget, amount)


def _release(entry: LedgerEntry) -> int:
    """Undo one reservation; how much this call gave back."""
    if not _enter(entry.budget_id, entry.job_id, LedgerEntry.Kind.RELEASE, entry.amount):
        return 0
    Budget.objects.filter(pk=entry.budget_id).update(reserved=F("reserved") - entry.amount)
    return entry.amount


def _enter(
    budget_id: UUID, job_id: UUID, kind: str, amount: int, correction: UUID | None = None
) -> bool:
    """Append one entry; False when it was there already."""
    try:
        with transaction.atomic():
            LedgerEntry.objects.create(
                budget_id=budget_id,
                job_id=job_id,
                kind=kind,
                amount=amount,
                correction=correction,
            )
    except IntegrityError:
        return False
    return True
