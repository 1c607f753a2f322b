"""Campaigns that cost money spend no more than their token and their budget allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from backends import registry
from qtwin.accounts.models import Scope, User
from qtwin.campaigns.models import Campaign
from qtwin.campaigns.services import campaign_resume
from qtwin.campaigns.states import State
from qtwin.jobs.models import Job
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import budget_set, source_create, spending_rule_set
from tests import memory_vendor
from tests.memory_vendor import PRICE
from tests.unit.campaigns.conftest import end_jobs, sweep, take

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., APIClient]
ASKED: dict[str, Any] = {"source": "qpu", "shots": 100}


@pytest.fixture
def paid(project: Project, user: User, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Paid sources are on, and there is money for two points."""
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    memory_vendor.reset()
    spending_rule_set(project=project, by=user, paid_sources=True)
    grant(project, 2 * PRICE)
    source_create(project=project, name="qpu", role="device", backend="paid", method="vqe", by=user)
    return project


def grant(project: Project, limit: int) -> None:
    budget_set(
        scope=project,
        unit=Unit.MONEY,
        period=Period.TOTAL,
        limit=limit,
        per_job=None,
        by=None,
    )


def post(api: APIClient, project: Project) -> Any:
    body = sweep(sources=[ASKED], points=[0.5, 0.7, 0.9, 1.1], chunk_points=1)
    return api.post(f"/api/v1/projects/{project.pk}/campaigns", body, format="json")


def test_a_token_that_may_not_spend_starts_no_campaign_that_does(
    api: APIClient, paid: Project
) -> None:
    refused = post(api, paid)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:qtwin:problem:scope")
    assert not Campaign.objects.exists()


def test_a_campaign_pauses_when_the_money_is_gone_and_goes_on_when_there_is_more(
    paid: Project, user: User, client_of: ClientOf
) -> None:
    response = post(client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND), paid)
    assert response.status_code == 202, response.content
    campaign = take(Campaign.objects.get())
    assert (campaign.state, Job.objects.count()) == (State.PAUSED, 2)
    assert "left of" in campaign.reason
    grant(paid, 4 * PRICE)
    assert campaign_resume(campaign=campaign, by=user)
    assert take(campaign).state == State.RUNNING
    assert Job.objects.count() == 4
    assert {job.points[0][0] for job in Job.objects.all()} == {0.5, 0.7, 0.9, 1.1}


def test_a_retry_spends_only_if_the_token_that_asks_for_it_may(
    paid: Project, user: User, client_of: ClientOf
) -> None:
    strong = client_of(user, Scope.READ, Scope.SUBMIT, Scope.SPEND)
    grant(paid, 8 * PRICE)
    post(strong, paid)
    campaign = take(Campaign.objects.get())
    end_jobs(campaign, failed=("qpu",))
    take(campaign)
    path = f"/api/v1/campaigns/{campaign.pk}:retry"
    refused = client_of(user, Scope.READ, Scope.SUBMIT).post(path)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:qtwin:problem:scope")
    assert not campaign.runs.filter(retried__gt=0).exists()
    assert strong.post(path).status_code == 202
    assert take(campaign).state == State.RUNNING
    assert Job.objects.exclude(retry_of=None).count() == 4
