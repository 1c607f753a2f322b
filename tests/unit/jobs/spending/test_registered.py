"""No registered backend that costs money is reached before somebody asked for it, and paid."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backends import registry, selection
from backends.base import Kind
from backends.prices import price_tables
from backends.schema import RunOptions
from qtwin.accounts.models import Scope, Team, User
from qtwin.accounts.vendors import vendor_of
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.states import State as States
from qtwin.jobs.models import Job, State, Submission
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.demo import DEMOS
from qtwin.projects.models import Project, Unit
from qtwin.projects.refusal import BudgetExceeded, SpendingRefused
from qtwin.projects.services import project_create, source_create, spending_rule_set
from tests.contract.cases import experiment_of, settings_of, system_of
from tests.unit.campaigns.conftest import sweep, take
from tests.unit.jobs.spending.purse import USD, grant
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db

PAID = [name for name in registry.names() if registry.get(name).capabilities.paid]
UNPRICED = [name for name in PAID if not price_tables(vendor_of(name))]
"""Those whose vendor publishes no price."""
Ask = Callable[..., Job]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that is tested here may open a connection."""

    def refuse(*_: Any) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def projects(team: Team, user: User) -> dict[str, Project]:
    """A project with one source, by the paid backend of the source."""
    return {name: _project(name, team, user) for name in PAID}


def _project(name: str, team: Team, user: User) -> Project:
    methods = registry.get(name).capabilities.methods
    method = "vqe" if "vqe" in methods else methods[0]
    project = project_create(team=team, name=name, system=system_of(method), by=user)
    source_create(
        project=project,
        name=name,
        role="device",
        backend=name,
        method=method,
        by=user,
        settings=settings_of(name),
    )
    return project


@pytest.fixture
def ask(projects: dict[str, Project], user: User) -> Ask:
    """Submit a job of two points."""

    def run(name: str, **more: Any) -> Job:
        source = projects[name].sources.get()
        spec = JobSpec(source=source, points=[[0.7], [0.9]], shots=100)
        return job_submit(project=projects[name], spec=spec, by=user, **more)

    return run


def test_every_computer_of_a_vendor_is_paid_and_needs_a_credential() -> None:
    assert PAID
    for name in registry.names():
        able = registry.get(name).capabilities
        assert able.paid or able.recorded or able.kind is not Kind.QPU
        assert not able.paid or (able.queue is not None and able.queue.credential)


@pytest.mark.parametrize("name", PAID)
def test_a_new_project_reaches_no_paid_source(name: str, ask: Ask) -> None:
    with pytest.raises(SpendingRefused, match="paid sources are off"):
        ask(name)
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", PAID)
def test_without_a_budget_nothing_is_recorded(
    name: str, ask: Ask, projects: dict[str, Project], user: User
) -> None:
    spending_rule_set(project=projects[name], by=user, paid_sources=True)
    with pytest.raises((SpendingRefused, BudgetExceeded)):
        ask(name)
    assert not Job.objects.exists()


@pytest.mark.parametrize("paid_sources", [False, True])
@pytest.mark.parametrize("name", PAID)
def test_a_campaign_without_a_budget_submits_nothing(
    name: str,
    paid_sources: bool,
    projects: dict[str, Project],
    user: User,
    client_of: Callable[..., APIClient],
) -> None:
    spending_rule_set(project=projects[name], by=user, paid_sources=paid_sources)
    body = sweep(sources=[{"source": name, "shots": 100}], points=[0.7, 0.9])
    response = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND).post(
        f"/api/v1/projects/{projects[name].pk}/campaigns", body, format="json"
    )
    assert response.status_code in {202, 403}, response.content
    for campaign in Campaign.objects.all():
        assert take(campaign).state == States.PAUSED
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", UNPRICED)
def test_without_a_price_nothing_is_bought_whatever_the_budget(
    name: str, ask: Ask, projects: dict[str, Project], user: User
) -> None:
    spending_rule_set(
        project=projects[name], by=user, paid_sources=True, approval_above=100_000 * USD
    )
    grant(projects[name], Unit.MONEY, 100_000 * USD)
    with pytest.raises(SpendingRefused, match="no price is known") as refused:
        ask(name)
    assert refused.value.code == "no_price"
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", [name for name in PAID if name not in UNPRICED])
def test_without_a_credential_a_job_waits_and_says_so(
    name: str, ask: Ask, projects: dict[str, Project], user: User
) -> None:
    spending_rule_set(
        project=projects[name], by=user, paid_sources=True, approval_above=100_000 * USD
    )
    grant(projects[name], Unit.MONEY, 100_000 * USD)
    job = take_steps(ask(name), 3)
    assert (job.state, job.reason_code) == (State.QUEUED, "blocked_credential")
    assert not Submission.objects.exists()


def test_no_demo_has_a_paid_source() -> None:
    backends = {source["backend"] for demo in DEMOS.values() for source in demo.sources}
    assert backends
    assert not backends & set(PAID)


def test_the_automatic_choice_never_considers_a_paid_source() -> None:
    for method in ("vqe", "trotter", "circuit", "ahs"):
        found = selection.options(experiment_of(method), RunOptions(shots=100))
        assert not {option.backend for option in found} & set(PAID)
