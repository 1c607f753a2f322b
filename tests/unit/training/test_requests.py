"""What may be asked for, and what is refused with the field that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from backends.errors import ProgramRejected
from qtwin.accounts.models import User
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Event
from qtwin.projects.models import Budget, Period, Project, Unit
from qtwin.projects.refusal import MICRO, BudgetExceeded
from qtwin.projects.services import budget_set
from qtwin.training.models import TrainingRun, World
from qtwin.training.selectors import runs_due, worlds_due
from qtwin.training.services import (
    NotReady,
    TooMany,
    WorkLost,
    run_create,
    work_cancel,
    work_claim,
    work_end,
    work_rest,
    world_create,
    world_delete,
)
from qtwin.training.services import run as runs
from qtwin.training.states import State

pytestmark = pytest.mark.django_db
DOCUMENT: dict[str, Any] = {"kind": "search", "schema_version": 1}
LEARNER = {"kind": "cma_es"}


@pytest.fixture
def world(project: Project, user: User) -> World:
    return world_create(project=project, name="z2", document=DOCUMENT, by=user)


@pytest.fixture
def made(world: World) -> World:
    held: World = claimed(world)
    work_end(held, State.DONE)
    return held


def claimed(work: Any) -> Any:
    return work_claim(type(work).objects.all(), work.pk, owner="a", lease_s=60)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"document": {"kind": "chess"}}, "/document/kind"),
        ({"document": {"kind": "control", "x": "a" * 70_000}}, "/document"),
        ({"document": {"kind": "control", "schema_version": 2}}, "/document/schema_version"),
        ({"name": "z2"}, "/name"),
        ({"twin_version": 7}, "/twin_version"),
        ({"held_out_version": 7}, "/held_out_version"),
    ],
)
def test_a_world_that_is_refused_names_the_field(
    world: World, user: User, given: dict[str, Any], field: str
) -> None:
    asked: dict[str, Any] = {"name": "other", "document": DOCUMENT} | given
    with pytest.raises(ProgramRejected) as refused:
        world_create(project=world.project, by=user, **asked)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"learner": {"kind": "guess"}}, "/learner/kind"),
        ({"learner": {"kind": "cma_es", "sigma": -1.0}}, "/learner/sigma"),
        ({}, "/evaluations"),
        ({"evaluations": 10**9}, "/evaluations"),
        ({"seconds": float("nan")}, "/seconds"),
        ({"seconds": 10**6}, "/seconds"),
    ],
)
def test_a_run_that_is_refused_names_the_field(
    world: World, user: User, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(ProgramRejected) as refused:
        run_create(world=world, by=user, **({"learner": LEARNER} | given))
    assert refused.value.field == field


def test_a_run_waits_for_its_world(world: World, user: User) -> None:
    run = run_create(world=world, learner=LEARNER, evaluations=10, by=user)
    assert (worlds_due(9), runs_due(9)) == ([world.pk], [])
    work_end(claimed(world), State.DONE)
    assert (worlds_due(9), runs_due(9)) == ([], [run.pk])


def test_nobody_trains_in_a_world_that_was_refused(world: World, user: User) -> None:
    work_end(claimed(world), State.FAILED, reason="no such system")
    world.refresh_from_db()
    with pytest.raises(NotReady, match="no such system"):
        run_create(world=world, learner=LEARNER, evaluations=10, by=user)


def test_a_team_has_so_many_open_runs_and_no_more(
    world: World, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_OPEN_RUNS", 1)
    first = run_create(world=world, learner=LEARNER, evaluations=10, by=user)
    with pytest.raises(TooMany, match="allowed: 1"):
        run_create(world=world, learner=LEARNER, evaluations=10, by=user)
    work_cancel(work=first, by=user)
    run_create(world=world, learner=LEARNER, evaluations=10, by=user)


def test_one_worker_has_it_and_what_another_still_writes_is_dropped(made: World) -> None:
    run = run_create(world=made, learner=LEARNER, evaluations=10, by=None)
    first = claimed(run)
    assert claimed(run) is None
    TrainingRun.objects.update(lease_until="1970-01-01T00:00:00Z")  # its worker died
    second = claimed(run)
    assert (second.fence, second.crashes) == (2, 2)
    with pytest.raises(WorkLost):
        work_end(first, State.DONE)
    work_end(second, State.DONE)
    told = Event.objects.filter(kind="training.state").values_list("to_state", flat=True)
    assert list(told) == ["queued", "running", "running", "done"]


def test_cancelling_ends_at_once_what_nobody_has_and_is_asked_of_who_has_it(made: World) -> None:
    free = run_create(world=made, learner=LEARNER, evaluations=10, by=None)
    held = run_create(world=made, learner=LEARNER, evaluations=10, by=None)
    worker = claimed(held)
    assert work_cancel(work=free, by=None)
    assert work_cancel(work=held, by=None)
    assert (free.state, held.state) == (State.CANCELLED, State.RUNNING)
    assert held.cancel_requested_at is not None
    assert not work_cancel(work=free, by=None)
    work_rest(worker, wait_s=0.0, state=State.WAITING)
    assert worker.pk in runs_due(9)


def test_a_hidden_world_takes_its_open_runs_along(made: World) -> None:
    run = run_create(world=made, learner=LEARNER, evaluations=10, by=None)
    world_delete(world=made, by=None)
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    world_create(project=made.project, name=made.name, document=DOCUMENT, by=None)


def test_a_budget_of_seconds_is_reserved_and_what_it_took_is_settled(
    made: World, user: User
) -> None:
    team = made.project.team
    seconds: Any = {"scope": team, "unit": Unit.CPU_SECONDS, "period": Period.TOTAL}
    budget_set(**seconds, limit=100 * MICRO, per_job=None, by=user)
    with pytest.raises(ProgramRejected) as refused:
        run_create(world=made, learner=LEARNER, evaluations=10, by=user)
    assert refused.value.field == "/seconds"
    with pytest.raises(BudgetExceeded, match=r"101.00 CPU s.*100.00 CPU s left"):
        run_create(world=made, learner=LEARNER, seconds=101.0, by=user)
    run = run_create(world=made, learner=LEARNER, seconds=60.0, by=user)
    budget = Budget.objects.get()
    assert (budget.reserved, budget.spent) == (60 * MICRO, 0)
    assert audit() == []
    held = claimed(run)
    work_end(held, State.DONE, seconds_used=12.5)
    budget.refresh_from_db()
    assert (budget.reserved, budget.spent) == (0, 12_500_000)
    free = run_create(world=made, learner=LEARNER, seconds=80.0, by=user)
    work_cancel(work=free, by=user)
    budget.refresh_from_db()
    assert (budget.reserved, budget.spent) == (0, 12_500_000)
    told = Event.objects.filter(kind="budget.low").values_list("data__unit", flat=True)
    assert list(told) == ["cpu_seconds"]
    assert audit() == []
