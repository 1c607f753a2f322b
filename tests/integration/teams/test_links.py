"""Links that show a project: hashed, ending, revocable; for programs and for browsers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Scope, User
from qtwin.jobs.models import Measurement
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Project, ProjectLink
from qtwin.projects.services import project_create, project_delete, project_publish


@pytest.fixture
def place(project: Project) -> str:
    return f"/api/v1/projects/{project.pk}"


@pytest.fixture
def owner(user: User, client_of: Callable[..., APIClient]) -> APIClient:
    return client_of(user, *Scope)


@pytest.fixture
def made(owner: APIClient, place: str) -> dict[str, Any]:
    answer = owner.post(f"{place}/links", {"label": "referees"}, format="json")
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def bearer(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def opened(link: str, client: Client | None = None) -> tuple[Client, Any]:
    """A browser that opened the link, and the page that it sees then."""
    client = client or Client()
    return client, client.get(link, follow=True)


def test_a_programme_reads_with_the_secret_and_the_database_keeps_a_digest(
    made: dict[str, Any], owner: APIClient, place: str
) -> None:
    visitor = bearer(made["secret"])
    assert visitor.get(place).json()["name"] == "H2"
    assert visitor.get(f"{place}/budgets").status_code == 403
    assert visitor.get("/api/v1/projects").status_code == 403
    assert visitor.post(f"{place}/measurements", {}, format="json").status_code == 403
    assert bearer("ql_unknown").get(place).status_code == 401
    assert APIClient().get(place).status_code == 401
    (row,) = ProjectLink.objects.values()
    assert made["secret"] not in f"{row}{list(AuditEvent.objects.values())}"
    (shown,) = owner.get(f"{place}/links").json()["results"]
    assert shown["last_used_at"] is not None
    assert "secret" not in shown


def test_a_link_lasts_30_days_and_a_year_at_most(
    made: dict[str, Any], owner: APIClient, place: str
) -> None:
    row = ProjectLink.objects.get()
    assert abs(row.expires_at - row.created_at - timedelta(days=30)) < timedelta(seconds=1)
    for wrong in (timezone.now() + timedelta(days=367), timezone.now()):
        refused = owner.post(f"{place}/links", {"label": "x", "expires_at": wrong}, format="json")
        pointer = refused.json()["errors"][0]["pointer"]
        assert (refused.status_code, pointer) == (400, "/expires_at")


@pytest.mark.parametrize("end", ["revoked", "expired", "deleted"])
def test_a_link_that_ended_opens_nothing_at_the_next_request(
    *,
    made: dict[str, Any],
    owner: APIClient,
    place: str,
    project: Project,
    user: User,
    end: str,
) -> None:
    browser, page = opened(made["link"])
    assert page.status_code == 200
    if end == "revoked":
        assert owner.delete(f"{place}/links/{made['id']}").status_code == 204
    elif end == "expired":
        row = ProjectLink.objects.get()
        later = row.created_at + timedelta(microseconds=1)
        ProjectLink.objects.update(expires_at=later)
    else:
        project_delete(project=project, by=user)
    assert bearer(made["secret"]).get(place).status_code == 401
    assert browser.get(place).status_code == 401
    assert browser.get(f"/projects/{project.pk}").status_code == 302
    assert browser.get(made["link"]).status_code == 410


def test_a_browser_that_opened_a_link_sees_the_project_and_no_other(
    made: dict[str, Any],
    project: Project,
    measure: Callable[..., Measurement],
    user: User,
) -> None:
    measure("hf", 0.7, -1.11)
    other = project_create(team=project.team, name="other", system=SYSTEM, by=user)
    browser, page = opened(made["link"])
    text = page.content.decode()
    assert (page.redirect_chain[-1][0], page.status_code) == (f"/projects/{project.pk}", 200)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    for hidden in (user.name, user.email, project.team.name, "Budgets", "New job", "<form"):
        assert hidden not in text, hidden
    assert browser.get(f"/api/v1/projects/{project.pk}/measurements").json()["results"]
    assert browser.get(f"/api/v1/projects/{other.pk}").status_code == 404
    assert browser.get(f"/projects/{other.pk}").status_code == 302
    assert browser.get(f"/projects/{project.pk}/sharing").status_code == 302
    assert browser.get("/events").status_code == 401


def test_somebody_of_another_team_sees_it_by_the_link_too(
    made: dict[str, Any], project: Project, place: str, stranger: User
) -> None:
    browser = Client()
    browser.force_login(stranger)
    assert browser.get(f"/projects/{project.pk}").status_code == 404
    _, page = opened(made["link"], browser)
    assert "for reading only" in page.content.decode()
    assert browser.get(f"{place}/twin").status_code == 200
    assert browser.get(f"{place}/budgets").status_code == 404
    assert browser.get("/api/v1/projects").json()["results"] == []


def test_a_public_project_is_seen_by_everybody_until_it_is_not(
    project: Project, owner: APIClient, place: str
) -> None:
    page = f"/projects/{project.pk}"
    assert Client().get(page).status_code == 302
    for public, seen in ((True, 200), (False, 401)):
        answer = owner.patch(f"{place}/sharing", {"public": public}, format="json")
        assert answer.json() == {"public": public}
        assert APIClient().get(place).status_code == seen
        shown = Client().get(page)
        assert (shown.status_code == 200) is public
        assert "X-Robots-Tag" not in shown.headers
    trail = AuditEvent.objects.filter(action="project.public").order_by("pk")
    assert [row.data["public"] for row in trail] == [True, False]


def test_a_public_project_is_on_nobodys_list(
    project: Project, user: User, stranger: User, client_of: Callable[..., APIClient]
) -> None:
    project_publish(project=project, public=True, by=user)
    api = client_of(stranger)
    assert api.get(f"/api/v1/projects/{project.pk}").status_code == 200
    assert api.get("/api/v1/projects").json()["results"] == []
    assert api.get("/api/v1/jobs").json()["results"] == []


def test_the_page_shares_and_shows_a_link_once(
    client: Client, user: User, stranger: User, project: Project, viewer: User
) -> None:
    client.force_login(user)
    page = f"/projects/{project.pk}/sharing"
    assert f'href="{page}"' in client.get(f"/projects/{project.pk}").content.decode()
    new = client.post(f"/projects/{project.pk}/links", {"label": "x", "days": "30"})
    secret = new.content.decode().partition("/shared/")[2].partition("<")[0]
    assert bearer(secret).get(f"/api/v1/projects/{project.pk}").status_code == 200
    assert secret not in client.get(page).content.decode()
    people = f"/projects/{project.pk}/members"
    assert client.post(people, {"email": stranger.email, "role": "admin"}).status_code == 409
    assert client.post(people, {"email": "no@example.org", "role": "viewer"}).status_code == 400
    assert client.post(people, {"email": stranger.email, "role": "viewer"}).status_code == 302
    assert "Guest" in client.get(page).content.decode()
    assert client.post(f"{people}/{stranger.pk}:end").status_code == 302
    client.post(f"/projects/{project.pk}/links/{ProjectLink.objects.get().pk}:revoke")
    assert bearer(secret).get(f"/api/v1/projects/{project.pk}").status_code == 401
    client.post(f"/projects/{project.pk}/public", {"public": "on"})
    project.refresh_from_db()
    assert project.public
    client.force_login(viewer)
    assert client.get(page).status_code == 404
