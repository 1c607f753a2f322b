"""One search: what it finds, of whom it hides what, and how much it asks the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Scope, Team, User
from qtwin.campaigns.api.input import read_campaign
from qtwin.campaigns.services import campaign_create
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Project
from qtwin.projects.services import (
    project_create,
    project_delete,
    project_link_create,
    project_member_set,
    project_publish,
    token_issue,
)
from qtwin.search.words import Query

Find = Callable[..., dict[str, list[dict[str, Any]]]]


@pytest.fixture
def job(project: Project, user: User) -> Job:
    spec = JobSpec(source=project.sources.get(name="hf"), points=[[0.7]])
    return job_submit(project=project, spec=spec, by=user)


@pytest.fixture
def find(client_of: Callable[..., APIClient], user: User) -> Find:
    """Hits by kind, as the team's owner unless another one asks."""

    def run(q: str, by: User = user, **more: str) -> dict[str, list[dict[str, Any]]]:
        answer = client_of(by, *Scope).get("/api/v1/search", {"q": q, **more})
        assert answer.status_code == 200, answer.content
        return {group["kind"]: group["hits"] for group in answer.json()["groups"]}

    return run


def test_each_kind_is_found_by_its_words(
    find: Find, project: Project, user: User, job: Job, team: Team
) -> None:
    name, steps = read_campaign(
        {"name": "Night sweep", "sweep": {"sources": ["hf"], "points": [1.1]}}
    )
    campaign, _ = campaign_create(project=project, name=name, steps=steps, by=user)
    Project.objects.filter(pk=project.pk).update(description="Stretching hydrogen")
    for words in ("h2", "STRETCH", "molecule", "hydrogen ada", str(project.pk)[:13]):
        assert [one["id"] for one in find(words)["projects"]] == [str(project.pk)], words
    for words in ("hf", "pyscf", "hf pyscf", str(job.pk), str(job.pk).replace("-", "")[:20]):
        assert str(job.pk) in [one["id"] for one in find(words)["jobs"]], words
    assert [one["title"] for one in find("night SWEEP")["campaigns"]] == ["Night sweep, running"]
    assert {one["title"] for one in find("mp2")["sources"]} == {"MP2"}
    assert [one["id"] for one in find("pyscf")["backends"]] == ["pyscf"]
    assert [one["id"] for one in find("ada's")["teams"]] == [str(team.pk)]
    assert find("h2 nothing") == {}
    everything = [
        *find("h2").values(),
        *find("night").values(),
        *find("ada").values(),
        *find("pyscf").values(),
    ]
    for hit in (one for hits in everything for one in hits):
        resolve(hit["page"].partition("#")[0])
    assert find(str(campaign.pk))["campaigns"][0]["page"] == f"/campaigns/{campaign.pk}"


def test_nothing_is_found_that_the_viewer_may_not_see(
    find: Find, project: Project, user: User, job: Job, stranger: User
) -> None:
    project_publish(project=project, public=True, by=user)
    project_link_create(project=project, label="x", by=user)
    for words in ("h2", "hf", "ada", str(job.pk), str(project.pk)):
        assert set(find(words, by=stranger)) <= {"backends"}, words
    guest = User.objects.create_user("g@example.net", "Guest")
    project_member_set(project=project, user=guest, role=Role.VIEWER, by=user)
    assert set(find("h2", by=guest)) == {"projects", "sources", "jobs"}
    assert "teams" not in find("ada", by=guest)
    project_delete(project=project, by=user)
    assert find(str(job.pk)) == find("h2") == {}


def test_a_bound_token_finds_its_projects_only(project: Project, team: Team, user: User) -> None:
    other = project_create(team=team, name="H2 again", system=SYSTEM, by=user)
    _, text = token_issue(user=user, name="b", scopes=["read"], projects=[other])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    found = client.get("/api/v1/search", {"q": "h2"}).json()["groups"]
    assert [one["id"] for one in found[0]["hits"]] == [str(other.pk)]
    assert client.get("/api/v1/search", {"q": "ada"}).json()["groups"][0]["kind"] == "projects"


def test_five_of_each_are_shown_and_more_by_kind(find: Find, team: Team, user: User) -> None:
    for number in range(7):
        project_create(team=team, name=f"Ring {number}", system=SYSTEM, by=user)
    project_create(team=team, name="Of a ring", system=SYSTEM, by=user)
    assert [one["title"] for one in find("ring")["projects"]] == [
        f"Ring {number}" for number in (6, 5, 4, 3, 2)
    ]
    assert len(find("ring", kind="projects")["projects"]) == 8


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({}, "?q"),
        ({"q": " "}, "?q"),
        ({"q": "x" * 101}, "?q"),
        ({"q": "a\0"}, "?q"),
        ({"q": "a", "kind": "people"}, "?kind"),
    ],
)
def test_a_search_that_means_nothing_is_refused(
    api: APIClient, query: dict[str, str], pointer: str
) -> None:
    answer = api.get("/api/v1/search", query)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'--", '"); DROP TABLE', "\0", "İ ß"])
def test_no_text_is_more_than_a_text(
    client: Client, user: User, project: Project, text: str
) -> None:
    client.force_login(user)
    page = client.get("/search", {"q": text})
    assert page.status_code == 200
    assert f"/projects/{project.pk}" not in page.content.decode()


def test_the_page_shows_all_kinds_without_javascript(
    client: Client, user: User, project: Project, job: Job
) -> None:
    client.force_login(user)
    page = client.get("/search", {"q": "h2"}).content.decode()
    assert f'href="/projects/{project.pk}"' in page
    assert f'href="/jobs/{job.pk}"' in page
    assert "<mark>" not in page
    assert "Nothing you may see" in client.get("/search", {"q": "<b>no</b>"}).content.decode()
    assert "“&lt;b&gt;no&lt;/b&gt;”" in client.get("/search", {"q": "<b>no</b>"}).content.decode()
    assert 'href="/inbox"' in client.get("/search", {"q": "inbox"}).content.decode()
    assert client.get("/search").status_code == 200


def test_documentation_is_found_where_there_is_a_site(find: Find, settings: Any) -> None:
    assert "docs" not in find("talk about")
    settings.DOCS_URL = "https://docs.example.org/"
    (hit,) = find("talk about")["docs"]
    assert hit["page"] == "https://docs.example.org/notes.html"


def test_a_search_asks_as_often_however_much_there_is(
    find: Find, project: Project, user: User, job: Job
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            find("h2")
        return len(queries)

    find("h2")
    few = asked()
    for row in range(8):
        spec = JobSpec(source=project.sources.get(name="hf"), points=[[0.8 + row / 100]])
        job_submit(project=project, spec=spec, by=user)
    assert asked() <= few


def test_the_beginning_of_an_id_is_told_from_a_word() -> None:
    assert Query.of("0197ab").ids is not None
    assert Query.of("decade").ids is None
    assert Query.of("h2").ids is None
    assert Query.of("0197ab-xyz").ids is None
    assert Query.of("").ids is None
