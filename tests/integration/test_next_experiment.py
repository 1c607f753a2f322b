"""The recommended run on the project page: worked out once, accepted once, refused when stale."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import Job, JobRequest, State
from qtwin.projects.models import Project
from qtwin.projects.services import source_create, spending_rule_set
from qtwin.twins.models import Recommendation
from qtwin.twins.planning import kept_away, twin_plan

Submit = Callable[..., Job]
Fitted = Callable[[Project], None]


@pytest.fixture
def measured(project: Project, submit: Submit, fitted: Fitted) -> Project:
    submit(source="hf", points=[0.4, 0.9, 1.4, 1.9, 2.4])
    submit(source="fci", points=[0.5, 1.2, 2.2])
    fitted(project)
    return project


@pytest.fixture
def person(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def card(client: Client, project: Project) -> str:
    answer = client.get(f"/projects/{project.pk}/next?part")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def form(text: str) -> dict[str, str]:
    """What the button of the recommended run sends."""
    return dict(re.findall(r'name="(recommendation|turn|observable)" value="([^"]*)"', text)) | {
        "choice": "0"
    }


def accept(client: Client, project: Project, fields: dict[str, str]) -> Any:
    return client.post(f"/projects/{project.pk}/next:accept", fields)


@pytest.mark.usefixtures("whole_fits")
def test_a_run_is_recommended_once_with_its_cost_and_accepted_once(
    person: Client, measured: Project, monkeypatch: pytest.MonkeyPatch, fitted: Fitted
) -> None:
    asked = []
    monkeypatch.setattr(
        "qtwin.twins.services.recommendation.twin_plan",
        lambda *args, **more: asked.append(args) or twin_plan(*args, **more),  # type: ignore[func-returns-value]  # counts
    )
    page = person.get(f"/projects/{measured.pk}").content.decode()
    assert asked == [], "the page does not wait for it"
    assert f'href="/projects/{measured.pk}/next?observable=energy"' in page
    text = card(person, measured)
    assert card(person, measured).count("no money") == text.count("no money") > 0
    assert len(asked) == 1
    assert "<strong>no money</strong>, about " in text
    assert "Error of a curve from references alone" in text

    before = Job.objects.count()
    fields = form(text)
    places = {accept(person, measured, fields).headers["Location"] for _ in range(2)}
    assert places == {f"/projects/{measured.pk}?observable=energy#next-title"}
    assert Job.objects.count() == before + 1
    job = Job.objects.order_by("-pk")[0]
    plan = Recommendation.objects.get().plan
    assert job.points == [plan["choices"][0]["at"]]
    assert job.source_revision.source.name == plan["choices"][0]["source"]
    assert (job.observables, job.created_by) == (["energy"], measured.team.memberships.get().user)
    text = card(person, measured)
    assert f'href="/jobs/{job.pk}"' in text
    assert 'id="next-accept"' not in text

    fitted(measured)
    job.refresh_from_db()
    assert job.state == State.DONE
    assert accept(person, measured, fields).status_code == 302, "the same form, the same job"
    assert 'id="next-accept"' in card(person, measured)
    assert (Job.objects.count(), len(asked)) == (before + 1, 2)


def test_a_recommendation_is_refused_once_evidence_came_in(
    person: Client, measured: Project, submit: Submit, work: Callable[[], None], fitted: Fitted
) -> None:
    fields = form(card(person, measured))
    submit(source="hf", points=[0.65])
    work()
    jobs = Job.objects.count()
    late = accept(person, measured, fields)
    assert (late.status_code, Job.objects.count()) == (409, jobs)
    assert "new evidence came in since. Nothing was submitted" in late.content.decode()
    assert "The recommendation follows after the refit" in card(person, measured)
    fitted(measured)
    late = accept(person, measured, fields)
    assert (late.status_code, Job.objects.count()) == (409, jobs)
    assert "version 2 knows more" in late.content.decode()
    assert not JobRequest.objects.exists()


def test_who_only_looks_has_no_button_and_a_form_that_was_not_shown_submits_nothing(
    measured: Project, viewer: User, stranger: User, person: Client
) -> None:
    fields = form(card(person, measured))
    for wrong in ({"choice": "99"}, {"choice": "-1"}, {"turn": "7"}, {"turn": "x"}):
        assert accept(person, measured, fields | wrong).status_code == 409
    assert accept(person, measured, fields | {"recommendation": "x"}).status_code == 404
    looking, other = Client(), Client()
    looking.force_login(viewer)
    text = card(looking, measured)
    assert "Operators of the project can run it" in text
    assert "<button" not in text
    assert accept(looking, measured, fields).status_code == 404
    other.force_login(stranger)
    assert other.get(f"/projects/{measured.pk}/next").status_code == 404
    assert accept(other, measured, fields).status_code == 404
    assert not JobRequest.objects.exists()


def test_what_costs_money_says_so_first_and_what_would_refuse_it(
    person: Client, measured: Project, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    source_create(
        project=measured, name="qpu", role="reference", backend="paid", method="vqe", by=user
    )
    assert "paid sources are off in this project" in card(person, measured)
    spending_rule_set(project=measured, paid_sources=True, approval_above=None, by=user)
    text = card(person, measured)
    assert "at most 0.30 USD" in text
    assert "by the price lists memory 2026-01-01" in text


def test_a_project_without_a_twin_says_what_to_do(person: Client, project: Project) -> None:
    text = card(person, project)
    assert "once it has its first measurements" in text
    assert f'href="/projects/{project.pk}/new-job"' in text
    assert person.get(f"/projects/{project.pk}/next").status_code == 200


def test_a_reason_that_keeps_many_sources_away_is_said_once() -> None:
    reasons = {"a": "it is recorded", "b": "its device is gone", "c": "it is recorded"}
    assert kept_away(reasons) == "a, c: it is recorded; b: its device is gone"


@pytest.mark.usefixtures("whole_fits")
def test_a_plan_of_references_alone_says_whose_errors_it_tells(
    person: Client, measured: Project
) -> None:
    text = card(person, measured)
    made = Recommendation.objects.get()
    assert made.plan is not None
    assert made.plan["single_source"]
    assert "Error of a curve from references alone" in text
    assert "the twin’s own, above, is another" in text
    assert "no other source can run" not in text
    made.plan = {**made.plan, "single_source": False}
    made.save()
    assert "Error of the whole curve" in card(person, measured)
