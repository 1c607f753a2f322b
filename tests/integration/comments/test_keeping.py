"""Comments in archives, in a person's own data, and after a person is gone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from django.test import Client
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.accounts.services import team_create
from qtwin.archives.person import person_document
from qtwin.archives.services import person_erase, project_export, project_import
from qtwin.comments.models import Comment, Note
from qtwin.comments.services import note_set
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from tests.integration.comments.conftest import Say


def test_an_archive_has_the_comments_without_their_people(
    *,
    say: Say,
    bo: User,
    user: User,
    stranger: User,
    project: Project,
    measure: Callable[..., Measurement],
    client: Client,
    api: APIClient,
) -> None:
    point = measure("fci", 0.7414, -1.1372)
    say("ask @Bo Operator", by=user, measurement=str(point.pk))
    gone = say("gone")
    api.delete(f"/api/v1/comments/{gone['id']}")
    note_set(project=project, text="# Read me", by=user, seen=0)
    file = io.BytesIO()
    project_export(project, file, by=user)
    archive = zipfile.ZipFile(file)
    rows = archive.read("data/comments.jsonl").decode()
    assert "ask @somebody" in rows
    everything = "".join(archive.read(name).decode("latin-1") for name in archive.namelist())
    assert not [word for word in (str(bo.pk), "Bo Operator", user.email) if word in everything]
    theirs = team_create(name="theirs", owner=stranger)
    again = project_import(file, team=theirs, by=stranger).project
    assert again.note.text == "# Read me"
    first, second = Comment.objects.filter(project=again).order_by("pk")
    assert (first.text, first.by, second.text) == ("ask @somebody", None, "")
    assert first.measurement is not None
    assert first.measurement.project == again
    assert first.created_at == Comment.objects.filter(project=project).earliest("pk").created_at
    client.force_login(stranger)
    page = client.get(f"/projects/{again.pk}").content.decode()
    assert "Somebody, from an archive" in page


def test_a_person_takes_what_they_wrote_and_leaves_no_name(
    say: Say, bo: User, user: User, project: Project, client: Client
) -> None:
    say("as @Bo Operator says")
    own = say("I say @Ada", by=bo)
    note_set(project=project, text="noted", by=bo, seen=0)
    document = person_document(bo)
    assert [one["text"] for one in document["comments"]] == [Comment.objects.get(by=bo).text]
    assert len(document["mentions"]) == len(document["notes"]) == 1
    person_erase(user=bo)
    client.force_login(user)
    page = client.get(f"/projects/{project.pk}").content.decode()
    assert "Bo Operator" not in page
    assert "bo@example.org" not in page
    assert '<span class="mention">@Former member</span>' in page
    assert f'id="comment-{own["id"]}"' in page
    assert "Former member</span>" in page
    assert Note.objects.get().text == "noted"
