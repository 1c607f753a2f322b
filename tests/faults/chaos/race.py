"""Eight processes submit 25 paid jobs each at once, and there is money for twenty in all."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from typing import Any

from tests.faults.chaos.ground import ground
from tests.faults.chaos.scenario import Scenario

PROCESSES = 8
EACH = 25
AFFORDABLE = 20


def on_sqlite(seed: int) -> dict[str, Any]:
    return run("sqlite", seed)


def on_postgres(seed: int) -> dict[str, Any]:
    return run("postgres", seed)


def by_mutant(seed: int) -> dict[str, Any]:
    """Reads a budget, checks it and writes it, in one transaction of the default isolation."""
    return run("postgres", seed, mutant=True)


def run(database: str, seed: int, *, mutant: bool = False) -> dict[str, Any]:
    """How many jobs were accepted, and what the budget says."""
    with ground(Scenario(database=database), seed):
        from django.db import connection

        from qtwin.jobs.audit import audit
        from qtwin.jobs.models import Job
        from qtwin.projects.models import Budget
        from tests.faults.chaos import project

        project.make("mock-qpu")
        cost = project.cost_of_one()
        Budget.objects.update(limit=AFFORDABLE * cost)
        connection.close()
        answers = Counter(_race(mutant))
        budget = Budget.objects.get()
        found: dict[str, Any] = {
            "accepted": answers["accepted"],
            "refused": answers["BudgetExceeded"],
            "rows": Job.objects.count(),
            "reserved": budget.reserved // cost,
            "other": {k: n for k, n in answers.items() if k not in {"accepted", "BudgetExceeded"}},
            "problems": audit(),
        }
        connection.close()
    if not found["accepted"] == found["rows"] == found["reserved"] == AFFORDABLE or found["other"]:
        found["problems"] = [*found["problems"], f"allowed: exactly {AFFORDABLE}"]
    return {"seed": seed, **found}


def _race(mutant: bool) -> list[str]:
    """Fork, wait for each other, go; the name of each answer."""
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(PROCESSES), context.Queue()
    racers = [
        context.Process(target=_submit, args=(number, gate, answers, mutant))
        for number in range(PROCESSES)
    ]
    for racer in racers:
        racer.start()
    seen = [answers.get(timeout=120) for _ in range(PROCESSES * EACH)]
    for racer in racers:
        racer.join()
    return seen


def _submit(number: int, gate: Any, answers: Any, mutant: bool) -> None:
    from qtwin.accounts.models import User
    from qtwin.jobs.services import JobSpec, job_submit
    from qtwin.projects.models import Project

    if mutant:
        _read_check_write()
    made, user = Project.objects.get(), User.objects.get()
    source = made.sources.get(name="exact")
    gate.wait()
    for turn in range(EACH):
        points = [[round(0.4 + 0.01 * (number * EACH + turn), 4)]]
        try:
            job_submit(
                project=made, spec=JobSpec(source=source, points=points, shots=1000), by=user
            )
            answers.put("accepted")
        except Exception as error:
            answers.put(type(error).__name__)


def _read_check_write() -> None:
    from qtwin.projects.models import Budget
    from qtwin.projects.refusal import BudgetExceeded
    from qtwin.projects.services import reservation

    def take(budget: Budget, amount: int) -> None:
        budget.refresh_from_db()
        if budget.left < amount:
            raise BudgetExceeded(budget, amount)
        Budget.objects.filter(pk=budget.pk).update(reserved=budget.reserved + amount)

    reservation._take = take
