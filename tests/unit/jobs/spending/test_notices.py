"""People hear once that four fifths of a budget are gone, and that one is overdrawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from qtwin.accounts.models import User
from qtwin.jobs.models import Event, Job
from qtwin.jobs.services import job_cancel
from qtwin.projects.models import Budget, Period, Project, Unit
from qtwin.projects.services import budget_set
from tests import memory_vendor
from tests.memory_vendor import PRICE, Vendor
from tests.unit.jobs.spending.purse import USD, finish, grant
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db


def told(kind: str = "budget.low") -> list[int]:
    """What was left, by the events of a kind."""
    rows = Event.objects.filter(kind=kind).order_by("pk")
    return [event.data["left_micro"] for event in rows]


def test_four_fifths_are_told_once_with_the_job_that_took_them(
    budget: Budget, submit: Callable[..., Job], project: Project
) -> None:
    submit(7)
    assert told() == []
    eighth = submit(1)
    assert told() == [6 * USD // 10]
    event = Event.objects.get(kind="budget.low")
    assert (event.project_id, event.job_id) == (project.pk, eighth.pk)
    assert event.data | {"left_micro": 0} == {
        "budget": str(budget.pk),
        "scope": "project",
        "unit": "usd",
        "period": "total",
        "limit_micro": 3 * USD,
        "left_micro": 0,
    }
    submit(1)
    assert len(told()) == 1


def test_what_jobs_reserve_and_give_back_does_not_tell_again_and_again(
    budget: Budget, submit: Callable[..., Job], user: User
) -> None:
    submit(6)
    for _ in range(3):
        job_cancel(job=submit(2), by=user)
    assert len(told()) == 1, "six tenths are still reserved"
    for job in Job.objects.filter(finished_at=None):
        job_cancel(job=job, by=user)
    submit(8)
    assert len(told()) == 2


@pytest.mark.parametrize("raised", [9, 4])
def test_a_raised_budget_tells_again_when_it_is_low_again(
    budget: Budget, submit: Callable[..., Job], project: Project, raised: int
) -> None:
    submit(8)
    grant(project, Unit.MONEY, raised * USD)
    submit(5)
    assert len(told()) == 1
    if raised == 9:
        submit(12)
        assert len(told()) == 2


def test_a_bill_beyond_the_limit_tells_that_and_not_that_little_is_left(
    budget: Budget,
    submit: Callable[..., Job],
    vendor: Vendor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = submit()
    take_steps(job, 2)
    monkeypatch.setattr(memory_vendor, "PRICE", 4 * USD)
    vendor.end()
    finish(job)
    assert (told(), told("budget.overdrawn")) == ([], [-1 * USD])


def test_each_budget_tells_for_itself(
    budget: Budget, submit: Callable[..., Job], project: Project, user: User
) -> None:
    daily = {"scope": (project.team, user), "unit": Unit.SHOTS, "period": Period.DAY}
    budget_set(**daily, limit=250 * USD, per_job=None, by=user)  # type: ignore[arg-type]  # kwargs
    submit(1)
    submit(1)
    assert told() == [50 * USD]
    assert Event.objects.get(kind="budget.low").data["scope"] == "user"


def test_the_project_page_shows_it_until_there_is_enough_again(
    budget: Budget,
    submit: Callable[..., Job],
    project: Project,
    client: Client,
    user: User,
) -> None:
    client.force_login(user)

    def notices() -> str:
        body: str = client.get(f"/projects/{project.pk}").content.decode()
        return body.split('id="budget-notices"')[1].split("<twin-chart", maxsplit=1)[0]

    job = submit(8)
    assert "80 % of 3.00 USD are spent or reserved" in notices()
    assert "0.60 USD are left" in notices()
    page = client.get(f"/jobs/{job.pk}").content.decode()
    assert "It took a budget to four fifths of its limit" in page
    grant(project, Unit.MONEY, 2 * USD)
    assert "This project, in all: overdrawn by 0.40 USD." in notices()
    grant(project, Unit.MONEY, 8 * PRICE * 2)
    assert "note" not in notices()
