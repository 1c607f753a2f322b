"""Eight threads that submit paid jobs at once; for the service, and for a careless mutant of it.

The mutant looks at the budget before it takes from it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections, transaction
from django.db.models import F, Q

from qtwin.accounts.acting import acting
from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.accounts.services import team_create
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Budget, LedgerEntry, Period, Project, Unit
from qtwin.projects.refusal import BudgetExceeded
from qtwin.projects.selectors import budgets_unbalanced
from qtwin.projects.services import (
    budget_set,
    project_create,
    source_create,
    spending_rule_set,
    token_issue,
)
from tests.memory_vendor import PRICE

THREADS, EACH, GRANTED = 8, 25, 20


def granted() -> tuple[Project, User]:
    """A project with a paid source and four budgets, each enough for twenty jobs."""
    user = User.objects.create_user(f"{new_id()}@example.org", "Ada")
    team = team_create(name="t", owner=user)
    project = project_create(team=team, name="p", system=SYSTEM, by=user)
    source_create(project=project, name="qpu", role="device", backend="paid", method="vqe", by=user)
    spending_rule_set(project=project, by=user, paid_sources=True)
    scopes: list[tuple[Any, Period]] = [
        (project, Period.TOTAL),
        (team, Period.DAY),
        ((team, user), Period.TOTAL),
    ]
    for scope, period in scopes:
        budget_set(
            scope=scope,
            unit=Unit.MONEY,
            period=period,
            limit=GRANTED * PRICE,
            per_job=None,
            by=None,
        )
    token, _ = token_issue(
        user=user, name="a", scopes=["submit", "spend"], agent=True, budget=GRANTED * PRICE
    )
    return project, acting(user, token)


def service(project: Project, user: User) -> bool:
    spec = JobSpec(source=project.sources.get(), points=[[0.7]], shots=100)
    try:
        job_submit(project=project, spec=spec, by=user)
    except BudgetExceeded:
        return False
    return True


def mutant(project: Project, user: User) -> bool:
    budget = Budget.objects.get(project=project)
    time.sleep(0.002)
    if budget.left < PRICE:
        return False
    with transaction.atomic():
        LedgerEntry.objects.create(budget=budget, job_id=new_id(), kind="reserve", amount=PRICE)
        Budget.objects.filter(pk=budget.pk).update(reserved=F("reserved") + PRICE)
    return True


def race(reserve: Callable[[Project, User], bool]) -> dict[str, Any]:
    (project, user), start = granted(), Barrier(THREADS)

    def run(_: int) -> list[bool]:
        try:
            start.wait()
            return [reserve(project, user) for _ in range(EACH)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = [answer for answers in pool.map(run, range(THREADS)) for answer in answers]
    own = Q(project=project) | Q(team=project.team_id) | Q(token=user.token)
    budgets = Budget.objects.filter(own)
    return {
        "asked": len(answers),
        "accepted": sum(answers),
        "jobs": Job.objects.filter(project=project).count(),
        "reserved": [budget.reserved // PRICE for budget in budgets],
        "unbalanced": budgets_unbalanced().count(),
    }
