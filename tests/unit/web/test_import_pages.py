"""The page of imports: a form for an archive, and what came of the last ones."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qtwin.accounts.models import Team, User
from qtwin.archives.models import Import
from qtwin.archives.services import project_export
from qtwin.projects.models import Project
from workers.archive import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def archive(project: Project) -> bytes:
    file = io.BytesIO()
    project_export(project, file, by=None)
    return file.getvalue()


def send(client: Client, data: bytes, team: Any, status: int = 200) -> str:
    file = SimpleUploadedFile("h2.zip", data, "application/zip")
    response = client.post("/imports", {"archive": file, "team": str(team)}, follow=True)
    assert response.status_code == status
    return response.content.decode()


def test_a_sent_archive_is_shown_until_its_project_is_there(
    signed_in: Client, archive: bytes, team: Team
) -> None:
    assert "No imports yet" in signed_in.get("/imports").content.decode()
    body = send(signed_in, archive, team.pk)
    assert "Queued" in body
    assert "data-under-way" in body
    row = Import.objects.get()
    read(str(row.pk), owner="test")
    row.refresh_from_db()
    body = signed_in.get("/imports").content.decode()
    assert f"/projects/{row.project_id}" in body
    assert "with new ids" in body
    assert "data-under-way" not in body


def test_what_is_wrong_is_said(signed_in: Client, team: Team, settings: Any) -> None:
    assert "h2.zip: not a zip file" in send(signed_in, b"no zip", team.pk, 400)
    assert "Choose a team" in send(signed_in, b"no zip", "x", 400)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("evil.sh", b"x")
    send(signed_in, file.getvalue(), team.pk)
    read(str(Import.objects.get().pk), owner="test")
    body = signed_in.get("/imports").content.decode()
    assert "<code>evil.sh</code> is no file of a project" in body
    settings.ARCHIVE_MAX_BYTES = 10
    assert "allowed: at most 10" in send(signed_in, b"x" * 11, team.pk, 413)


def test_members_who_may_not_write_have_no_form(
    client: Client, archive: bytes, team: Team, viewer: User, stranger: User
) -> None:
    assert client.get("/imports").status_code == 302
    client.force_login(viewer)
    assert 'name="archive"' not in client.get("/imports").content.decode()
    send(client, archive, team.pk, 400)
    client.force_login(stranger)
    assert 'name="archive"' in client.get("/imports").content.decode()
    send(client, archive, team.pk, 400)
    assert not Import.objects.exists()
