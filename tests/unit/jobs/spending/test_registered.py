"""No registered backend that costs money is reached before somebody asked for it, and paid."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from backends import registry, selection
from backends.base import Kind
from backends.schema import RunOptions
from qtwin.accounts.models import User
from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project, Unit
from qtwin.projects.refusal import BudgetExceeded, SpendingRefused
from qtwin.projects.services import source_create, spending_rule_set
from tests.contract.cases import experiment_of, settings_of
from tests.unit.jobs.spending.purse import USD, grant
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db

PAID = [name for name in registry.names() if registry.get(name).capabilities.paid]
VARIATIONAL = [name for name in PAID if "vqe" in registry.get(name).capabilities.methods]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is tested here may open a connection."""

    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def ask(project: Project, user: User, name: str, **more: Any) -> Job:
    source = source_create(
        project=project,
        name=name,
        role="device",
        backend=name,
        method="vqe",
        by=user,
        settings=settings_of(name),
    )
    spec = JobSpec(source=source, points=[[0.7], [0.9]], shots=100)
    return job_submit(project=project, spec=spec, by=user, **more)


def test_every_computer_of_a_vendor_is_paid_and_needs_a_credential() -> None:
    assert PAID
    for name in registry.names():
        able = registry.get(name).capabilities
        assert able.paid or able.kind is not Kind.QPU
        assert not able.paid or (able.queue is not None and able.queue.credential)


@pytest.mark.parametrize("name", VARIATIONAL)
def test_a_new_project_reaches_no_paid_source(name: str, project: Project, user: User) -> None:
    with pytest.raises(SpendingRefused, match="paid sources are off"):
        ask(project, user, name)
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", VARIATIONAL)
def test_without_a_budget_nothing_is_recorded(name: str, project: Project, user: User) -> None:
    spending_rule_set(project=project, by=user, paid_sources=True)
    with pytest.raises((SpendingRefused, BudgetExceeded)):
        ask(project, user, name)
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", VARIATIONAL)
def test_without_a_credential_a_job_waits_and_says_so(
    name: str, project: Project, user: User
) -> None:
    spending_rule_set(project=project, by=user, paid_sources=True, approval_above=100_000 * USD)
    grant(project, Unit.MONEY, 100_000 * USD)
    job = take_steps(ask(project, user, name), 3)
    assert (job.state, job.reason_code) == (State.QUEUED, "blocked_credential")
    assert not Submission.objects.exists()


def test_the_automatic_choice_never_considers_a_paid_source() -> None:
    for method in ("vqe", "trotter", "circuit"):
        found = selection.options(experiment_of(method), RunOptions(shots=100))
        assert not {option.backend for option in found} & set(PAID)
