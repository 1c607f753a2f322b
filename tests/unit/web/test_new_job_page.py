"""A job typed on its page: estimated first, submitted once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import budget_set, source_create, spending_rule_set

TYPED = {"source": "qpu", "points": "0.7, 0.8", "shots": "100", "verb": "estimate"}


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def path(project: Project, user: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of a project with a source that costs 0.30 USD a point, and 1.50 USD to spend."""
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    source_create(project=project, name="qpu", role="device", backend="paid", method="vqe", by=user)
    spending_rule_set(project=project, paid_sources=True, approval_above=10_000_000, by=user)
    budget_set(
        scope=project, unit=Unit.MONEY, period=Period.TOTAL, limit=1_500_000, per_job=None, by=user
    )
    return f"/projects/{project.pk}/new-job"


def hidden(page: str) -> dict[str, str]:
    """The hidden fields that go with what was typed."""
    return dict(re.findall(r'<input type="hidden" name="(key|seen)" value="([^"]+)">', page))


def text(answer: Any) -> str:
    return str(answer.content, "utf-8")


def test_it_is_estimated_and_then_submitted_once(browser: Client, path: str) -> None:
    assert "Submit" not in text(browser.get(path))
    told = text(browser.post(path, TYPED))
    assert "0.60 USD" in told
    assert "Submit for at most 0.60 USD" in told
    assert not Job.objects.exists()
    wanted = TYPED | hidden(told) | {"verb": "submit"}
    answers = [browser.post(path, wanted) for _ in range(2)]
    job = Job.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [f"/jobs/{job.pk}"] * 2
    assert (job.points, job.shots, job.estimated_cost) == ([[0.7], [0.8]], 100, 600_000)


def test_what_was_changed_since_is_estimated_again(browser: Client, path: str) -> None:
    told = text(browser.post(path, TYPED))
    changed = TYPED | hidden(told) | {"verb": "submit", "points": "0.7 0.8 0.9"}
    again = text(browser.post(path, changed))
    assert "It was changed since it was estimated" in again
    assert "Submit for at most 0.90 USD" in again
    assert not Job.objects.exists()


def test_another_job_from_the_same_form_is_another_job(browser: Client, path: str) -> None:
    """Whoever goes back to the form, changes it and submits again means it."""
    told = text(browser.post(path, TYPED | {"key": "k" * 5000}))
    browser.post(path, TYPED | hidden(told) | {"verb": "submit"})
    changed = TYPED | hidden(told) | {"points": "0.9"}
    again = text(browser.post(path, changed))
    browser.post(path, changed | hidden(again) | {"verb": "submit"})
    assert [job.points for job in Job.objects.order_by("created_at")] == [[[0.7], [0.8]], [[0.9]]]


def test_what_would_be_refused_cannot_be_submitted(browser: Client, path: str) -> None:
    dear = TYPED | {"points": "0.4 0.5 0.6 0.7 0.8 0.9"}
    page = text(browser.post(path, dear))
    assert "It would be refused now." in page
    assert 'value="submit"' not in page


@pytest.mark.parametrize(
    ("typed", "pointer"),
    [
        ({"points": "0.7, near"}, "/points"),
        ({"points": ""}, "/points"),
        ({"points": "99"}, "/points"),
        ({"points": "nan"}, "/points"),
        ({"points": "1" + 400 * "0"}, "/points"),
        ({"shots": "many"}, "/shots"),
        ({"source": "none"}, "/source"),
        ({"knobs": "speed = 3"}, "/knobs"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_is_kept(
    browser: Client, path: str, typed: dict[str, str], pointer: str
) -> None:
    answer = browser.post(path, TYPED | typed)
    assert answer.status_code == 400
    assert f"<code>{pointer}" in text(answer)
    assert (typed.get("points") or "0.7, 0.8") in text(answer) or typed.get("points") == ""


def test_a_viewer_has_no_such_page(path: str, viewer: User, project: Project) -> None:
    client = Client()
    client.force_login(viewer)
    assert client.get(path).status_code == 404
    assert "New job" not in text(client.get(f"/projects/{project.pk}"))
