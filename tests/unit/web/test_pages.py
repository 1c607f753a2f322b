"""Pages over Django's test client: who sees what, and what is in the answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from qtwin.accounts.ids import new_id
from qtwin.accounts.models import User
from qtwin.accounts.services import sign_in_link_create
from qtwin.jobs.models import Job, State
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import budget_set, budget_settle
from qtwin.web import cursor
from tests.unit.web.conftest import submit

PASSWORD = "a long enough password"  # a test's


def addresses(project: Project, job: Job) -> list[str]:
    return ["/projects", f"/projects/{project.pk}", "/jobs", f"/jobs/{job.pk}"]


def test_every_page_renders_under_a_strict_policy(
    signed_in: Client, project: Project, job: Job
) -> None:
    for address in [*addresses(project, job), "/sign-in/link/whatever"]:
        response = signed_in.get(address)
        assert response.status_code == 200, address
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        body = response.content.decode()
        assert "<style" not in body
        assert " style=" not in body
        assert " onclick=" not in body


def test_a_visitor_is_sent_to_sign_in_and_back(client: Client, project: Project, job: Job) -> None:
    for address in addresses(project, job):
        response = client.get(address)
        assert response.status_code == 302
        assert response.headers["Location"] == f"/sign-in?next={address}"


def test_another_teams_things_are_not_there(
    client: Client, stranger: User, project: Project, job: Job
) -> None:
    client.force_login(stranger)
    assert client.get(f"/projects/{project.pk}").status_code == 404
    assert client.get(f"/jobs/{job.pk}").status_code == 404
    assert client.post(f"/jobs/{job.pk}:cancel").status_code == 404
    for address in ("/projects", "/jobs", f"/jobs?project={project.pk}"):
        body = client.get(address).content.decode()
        assert f"/projects/{project.pk}" not in body
        assert str(job.pk) not in body


def test_a_viewer_sees_a_job_and_cannot_cancel_it(client: Client, viewer: User, job: Job) -> None:
    client.force_login(viewer)
    assert "Cancel job" not in client.get(f"/jobs/{job.pk}").content.decode()
    assert client.post(f"/jobs/{job.pk}:cancel").status_code == 404
    job.refresh_from_db()
    assert job.cancel_requested_at is None


def test_cancelling_needs_a_post_with_a_token(user: User, job: Job) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.get(f"/jobs/{job.pk}:cancel").status_code == 405
    assert client.post(f"/jobs/{job.pk}:cancel").status_code == 403


def test_a_cancelled_job_says_so(signed_in: Client, job: Job) -> None:
    response = signed_in.post(f"/jobs/{job.pk}:cancel", follow=True)
    body = response.content.decode()
    assert "Cancelled" in body
    assert "Cancellation asked for" in body
    job.refresh_from_db()
    assert job.state == State.CANCELLED


def test_text_of_people_is_escaped(signed_in: Client, project: Project, job: Job) -> None:
    attack = "<script>alert(1)</script>"
    Project.objects.filter(pk=project.pk).update(name=attack, description=attack)
    project.sources.update(label=attack)
    for address in addresses(project, job):
        body = signed_in.get(address).content.decode()
        assert attack not in body, address
        assert "&lt;script&gt;alert" in body, address


def test_filters_live_in_the_address(signed_in: Client, project: Project, user: User) -> None:
    kept, other = submit(project, user), submit(project, user, "mp2")
    signed_in.post(f"/jobs/{other.pk}:cancel")
    for query in ("state=queued", "source=hf", f"project={project.pk}&state=queued&source=hf"):
        body = signed_in.get(f"/jobs?{query}").content.decode()
        assert f"/jobs/{kept.pk}" in body, query
        assert f"/jobs/{other.pk}" not in body, query
    assert signed_in.get("/jobs?state=nonsense&project=nonsense&after=x").status_code == 200


def test_pages_of_jobs_miss_none_and_repeat_none(
    signed_in: Client, project: Project, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "PAGE", 2)
    wanted = [str(submit(project, user).pk) for _ in range(5)][::-1]
    seen: list[str] = []
    after = ""
    for _ in range(3):
        response = signed_in.get("/jobs", {"after": after} if after else {})
        seen += [str(job.pk) for job in response.context["jobs"]]
        after = response.context["following"]
    assert seen == wanted
    assert after == ""


def test_looking_at_a_link_does_not_use_it_up(client: Client, user: User) -> None:
    address = f"/sign-in/link/{sign_in_link_create(user=user)}"
    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 200
    assert client.post(address).headers["Location"] == "/"
    client.logout()
    assert client.post(address).status_code == 410
    assert "_auth_user_id" not in client.session


def test_a_password_signs_in_and_returns_only_to_this_site(client: Client, user: User) -> None:
    user.set_password(PASSWORD)
    user.save()
    for target, lands in (
        ("/jobs", "/jobs"),
        ("https://example.com/", "/"),
        ("//example.com", "/"),
        ("jobs", "/"),
    ):
        body = {"email": "Ada@Example.org", "password": PASSWORD, "next": target}
        assert client.post("/sign-in", body).headers["Location"] == lands
        client.logout()


def test_guessing_is_answered_alike_and_then_paused(client: Client, user: User) -> None:
    def attempt(email: str) -> tuple[int, str]:
        response = client.post("/sign-in", {"email": email, "password": "wrong"})
        return response.status_code, response.content.decode().replace(email, "")

    known, unknown = attempt(user.email), attempt("nobody@example.org")
    assert known[0] == unknown[0] == 400
    assert "do not match" in known[1]
    assert "do not match" in unknown[1]
    answers = [attempt(user.email)[0] for _ in range(12)]
    assert answers[-1] == 429


@pytest.mark.parametrize("address", ["/nothing", "/jobs/01890000-0000-7000-8000-000000000000"])
def test_what_is_not_there_has_a_page_that_says_so(signed_in: Client, address: str) -> None:
    response = signed_in.get(address)
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_a_crash_has_a_page_without_a_trace(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*args: object) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr("qtwin.web.views.project.project_summaries", crash)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    response = client.get("/projects")
    assert response.status_code == 500
    body = response.content.decode()
    assert "Something broke on our side" in body
    assert "secret cause" not in body


def test_a_heading_names_a_unit_only_where_there_is_one() -> None:
    template = Template("{% load dashboard %}{% over one %}|{% over two %}|{% over three %}")
    units = {"one": "angstrom", "two": "dimensionless", "three": "rad/us"}
    assert template.render(Context(units)) == " / Å|| / rad/µs"


def test_the_project_page_says_what_its_budgets_have_left(
    signed_in: Client, project: Project, user: User
) -> None:
    address = f"/projects/{project.pk}"
    assert "No budget limits this project" in signed_in.get(address).content.decode()
    money: dict[str, Any] = {"scope": project, "unit": Unit.MONEY, "period": Period.TOTAL}
    budget_set(**money, limit=20_000_000, per_job=None, by=user)
    per_day: dict[str, Any] = {
        "scope": (project.team, user),
        "unit": Unit.SHOTS,
        "period": Period.DAY,
    }
    budget_set(**per_day, limit=4_000_000_000, per_job=None, by=user)
    paid = {Unit.MONEY: 7_700_000}
    budget_settle(project=project, user=user, job_id=new_id(), amounts=paid)
    body = signed_in.get(address).content.decode()
    for text in ("7.70 USD", "12.30 USD", "4,000 shots", "This project", "You", "today (UTC)"):
        assert text in body
    budget_set(**money, limit=5_000_000, per_job=None, by=user)
    assert "overdrawn by 2.70 USD" in signed_in.get(address).content.decode()
