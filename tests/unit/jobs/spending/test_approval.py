"""A job above the threshold waits until somebody else agrees to what it may cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qtwin.accounts.models import AuditEvent, Role, User
from qtwin.accounts.services import membership_set
from qtwin.jobs.models import Job, State
from qtwin.jobs.selectors import jobs_due
from qtwin.jobs.services import claim, job_approve, job_cancel
from qtwin.jobs.services.approve import NotConfirmed, OwnJob
from qtwin.jobs.services.hold import NotPossible, job_release
from qtwin.jobs.waiting import job_waiting
from qtwin.projects.models import Budget, Project
from qtwin.projects.services import spending_rule_set
from tests.memory_vendor import PRICE
from tests.unit.jobs.spending.purse import columns

pytestmark = pytest.mark.django_db


def test_a_job_above_the_threshold_waits_for_an_approver_who_types_the_amount(
    project: Project, budget: Budget, submit: Callable[..., Job], user: User
) -> None:
    spending_rule_set(project=project, by=user, approval_above=2 * PRICE - 1)
    job = submit()
    assert (job.state, job.reason_code) == (State.HOLD, "approval")
    assert "'0.60 USD'" in job_waiting(job).next_step
    assert columns(budget) == (2 * PRICE, 0)
    assert claim(job.pk, owner="x", lease_s=5) is None
    with pytest.raises(NotPossible, match="waits for approval"):
        job_release(job=job, by=user)
    with pytest.raises(NotConfirmed, match=r"type '0\.60 USD'"):
        job_approve(job=job, confirm="yes", by=user)
    assert job_approve(job=job, confirm="0.60 USD", by=user).state == State.QUEUED
    with pytest.raises(NotPossible):
        job_approve(job=job, confirm="0.60 USD", by=user)
    assert jobs_due(9) == [job.pk]
    assert AuditEvent.objects.filter(action="job.approve").count() == 1


@pytest.fixture
def held(project: Project, budget: Budget, submit: Callable[..., Job], user: User) -> Job:
    """A job of the team's owner, of 0.60 USD, that waits for approval."""
    spending_rule_set(project=project, by=user, approval_above=0)
    return submit()


@pytest.fixture
def bea(project: Project) -> User:
    """Another approver of the team."""
    bea = User.objects.create_user("bea@example.org", "Bea")
    membership_set(team=project.team, user=bea, role=Role.OPERATOR, by=None)
    project.team.memberships.filter(user=bea).update(may_approve=True)
    return bea


def test_nobody_approves_their_own_job_while_somebody_else_may(
    held: Job, user: User, bea: User
) -> None:
    with pytest.raises(OwnJob, match="you submitted this job; allowed: approval by Bea"):
        job_approve(job=held, confirm="0.60 USD", by=user)
    assert Job.objects.get().state == State.HOLD
    assert "An approver who did not submit it" in job_waiting(held).next_step
    assert job_approve(job=held, confirm="0.60 USD", by=bea).state == State.QUEUED
    assert AuditEvent.objects.get(action="job.approve").data == {"micro_usd": 2 * PRICE}


def test_the_only_approver_of_a_team_approves_their_own_job_and_the_trail_says_so(
    held: Job, user: User, stranger: User
) -> None:
    assert job_approve(job=held, confirm="0.60 USD", by=user).state == State.QUEUED
    trail = AuditEvent.objects.get(action="job.approve")
    assert (trail.user, trail.data["own_job_of_only_approver"]) == (user, True)


@pytest.mark.parametrize("lacks", ["the right", "an account"])
def test_who_may_not_approve_any_more_is_no_other_approver(
    held: Job, user: User, bea: User, lacks: str
) -> None:
    if lacks == "the right":
        bea.memberships.update(may_approve=False)
    else:
        User.objects.filter(pk=bea.pk).update(is_active=False)
    assert job_approve(job=held, confirm="0.60 USD", by=user).state == State.QUEUED


def test_a_job_that_waits_for_approval_can_be_cancelled(
    held: Job, budget: Budget, user: User
) -> None:
    assert job_cancel(job=held, by=user).state == State.CANCELLED
    assert columns(budget) == (0, 0)
