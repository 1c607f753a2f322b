"""Comments: who reads and writes them, what they are about, how they change and end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Scope, User
from qtwin.comments.models import Comment
from qtwin.jobs.models import Event, Job, Measurement
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.projects.services import project_link_create, project_publish, token_issue
from tests.integration.comments.conftest import Say


@pytest.fixture
def job(project: Project, user: User) -> Job:
    spec = JobSpec(source=project.sources.get(name="hf"), points=[[0.7]])
    return job_submit(project=project, spec=spec, by=user)


def test_a_comment_is_read_where_it_was_written(
    say: Say, api: APIClient, project: Project, job: Job, measure: Callable[..., Measurement]
) -> None:
    point = measure("fci", 0.7414, -1.1372)
    on_job = say("too few shots", job=str(job.pk))
    on_point = say("a **published** number", measurement=str(point.pk))
    of_all = say("hello")
    place = f"/api/v1/projects/{project.pk}/comments"
    assert [one["id"] for one in api.get(place).json()["results"]] == [
        one["id"] for one in (of_all, on_point, on_job)
    ]
    assert on_job["about"] == {"kind": "job", "id": str(job.pk)}
    assert of_all["about"] == {"kind": "project", "id": str(project.pk)}
    of_point = api.get(place, {"measurement": str(point.pk)}).json()["results"]
    assert of_point == [on_point]
    assert api.get(f"/api/v1/comments/{on_point['id']}").json() == on_point
    assert Event.objects.filter(kind="comment.written", job=job).count() == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"text": ""}, "/text"),
        ({"text": " \n "}, "/text"),
        ({"text": "x" * 4001}, "/text"),
        ({"text": "a\0b"}, "/text"),
        ({"text": "x", "job": "00000000-0000-7000-8000-000000000000"}, "/job"),
        ({"text": "x", "version": 7}, "/version"),
        ({"text": "x", "shots": 7}, "/shots"),
    ],
)
def test_what_cannot_be_a_comment_is_refused_where_it_is_wrong(
    api: APIClient, project: Project, body: dict[str, Any], pointer: str
) -> None:
    answer = api.post(f"/api/v1/projects/{project.pk}/comments", body, format="json")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Comment.objects.exists()


def test_a_job_of_another_project_is_not_commented_on(
    say: Say, job: Job, stranger: User, client_of: Callable[..., APIClient]
) -> None:
    answer = client_of(stranger).post(
        f"/api/v1/projects/{job.project_id}/comments", {"text": "x"}, format="json"
    )
    assert answer.status_code == 404


def test_visitors_see_no_comment_nor_note(
    say: Say, project: Project, user: User, client: Client
) -> None:
    say("between us")
    project_publish(project=project, public=True, by=user)
    _, secret = project_link_create(project=project, label="x", by=user)
    for visitor in (client, Client()):
        page = visitor.get(f"/projects/{project.pk}")
        assert page.status_code == 200
        assert "between us" not in page.content.decode()
        assert "Comments" not in page.content.decode()
        client.get(f"/shared/{secret}")
    by_link = APIClient()
    by_link.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    for path in ("comments", "note"):
        assert by_link.get(f"/api/v1/projects/{project.pk}/{path}").status_code in {401, 403}


def test_a_guest_reads_and_writes_as_a_member(
    say: Say, project: Project, guest: User, client_of: Callable[..., APIClient]
) -> None:
    say("welcome")
    say("thanks", by=guest)
    rows = client_of(guest).get(f"/api/v1/projects/{project.pk}/comments").json()["results"]
    assert [(one["by"]["name"], one["text"]) for one in rows] == [
        ("Gil Guest", "thanks"),
        ("Ada", "welcome"),
    ]


def test_only_its_writer_changes_a_comment_and_a_manager_may_delete_it(
    say: Say, bo: User, guest: User, user: User, client_of: Callable[..., APIClient]
) -> None:
    place = f"/api/v1/comments/{say('one', by=bo)['id']}"
    for other in (user, guest):
        answer = client_of(other, *Scope).patch(place, {"text": "two"}, format="json")
        assert answer.status_code == 404
    changed = client_of(bo).patch(place, {"text": "two"}, format="json").json()
    assert changed["text"] == "two"
    assert changed["edited_at"] is not None
    assert client_of(guest, *Scope).delete(place).status_code == 404
    assert client_of(user, *Scope).delete(place).status_code == 204
    gone = client_of(bo).get(place).json()
    assert (gone["text"], gone["deleted"]) == ("", True)
    assert client_of(bo).patch(place, {"text": "three"}, format="json").status_code == 404
    (trail,) = AuditEvent.objects.filter(action="comment.delete")
    assert (trail.user, trail.data) == (user, {"about": "project"})


def test_an_agent_writes_in_its_name_and_changes_nothing(
    project: Project, user: User, say: Say
) -> None:
    own = say("mine")
    _, text = token_issue(user=user, name="a", scopes=["read", "submit"], agent=True, budget=1)
    agent = APIClient()
    agent.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    place = f"/api/v1/projects/{project.pk}/comments"
    made = agent.post(place, {"text": "measured"}, format="json").json()
    assert (made["agent"], own["agent"]) == (True, False)
    for row in (own, made):
        assert agent.delete(f"/api/v1/comments/{row['id']}").status_code == 404


def test_the_same_key_writes_once(api: APIClient, project: Project) -> None:
    place = f"/api/v1/projects/{project.pk}/comments"
    for _ in range(2):
        answer = api.post(place, {"text": "x"}, format="json", headers={"Idempotency-Key": "once"})
        assert answer.status_code in {200, 201}
    assert Comment.objects.count() == 1


def test_the_database_holds_no_comment_about_two_things_or_without_a_text(
    project: Project, job: Job, measure: Callable[..., Measurement]
) -> None:
    point = measure("fci", 0.7414, -1.1372)
    for wrong in ({"job": job, "measurement": point, "text": "x"}, {"text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(project=project, **wrong)
