"""An import is a job: recorded at once, read by a worker, whole or not at all, whoever dies."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from rest_framework.test import APIClient

from qtwin.accounts.models import Role, Team, User
from qtwin.accounts.services import membership_set
from qtwin.archives import uploads
from qtwin.archives.models import Import
from qtwin.archives.selectors import imports_due
from qtwin.archives.services import (
    ImportLost,
    import_claim,
    import_renew,
    import_run,
    project_export,
)
from qtwin.archives.services import load as loading
from qtwin.archives.services.imports import MOST_OPEN, MOST_TRIES
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from tests.integration.archives.conftest import brought, forget, upload
from tests.integration.archives.forging import METADATA, edited, packed, unpacked
from workers.archive import read

EXPIRED = "1970-01-01T00:00:00Z"
ClientOf = Callable[..., APIClient]


@pytest.fixture
def archive(project: Project, measure: Callable[..., Measurement]) -> bytes:
    """Of a small project that is not here any more."""
    for x in (0.5, 0.9):
        measure("ccsd", x, -1.0)
    file = io.BytesIO()
    project_export(project, file, by=None)
    forget(project)
    return file.getvalue()


@pytest.fixture(autouse=True)
def nothing_is_left() -> Any:
    yield
    for path in (Path(configured.DATA_DIR) / "uploads").glob("*"):
        path.unlink()


def shown(api: APIClient, sent: Any) -> Any:
    return api.get(f"/api/v1/imports/{sent['id']}").json()


def files(folder: str) -> list[Path]:
    return [path for path in (Path(configured.DATA_DIR) / folder).rglob("*") if path.is_file()]


def test_it_is_answered_before_anything_is_read_and_can_be_watched(
    api: APIClient, archive: bytes, team: Team
) -> None:
    response = api.post("/api/v1/projects:import", data=archive, content_type="application/zip")
    assert response.status_code == 202
    sent = response.json()
    assert (sent["state"], sent["size_bytes"], sent["team"]) == (
        *("queued", len(archive), str(team.pk)),
    )
    assert response["Location"] == f"/api/v1/imports/{sent['id']}"
    assert not Project.objects.exists()
    assert api.get(response["Location"])["Retry-After"] == "1"
    assert [str(pk) for pk in imports_due(10)] == [sent["id"]]
    read(sent["id"], owner="test")
    told = api.get(response["Location"])
    assert "Retry-After" not in told
    assert (told.json()["state"], told.json()["error"]) == ("done", None)
    assert Project.objects.get().measurements.count() == 2
    assert told.json()["project"] == str(Project.objects.get().pk)
    assert imports_due(10) == []
    assert files("uploads") == []
    assert api.get("/api/v1/imports").json()["results"] == [told.json()]


def test_what_is_wrong_is_told_with_its_file_and_line_and_nothing_is_left(
    api: APIClient, archive: bytes
) -> None:
    wrong = edited("measurements", lambda row: row.update(value="nan"))
    sent = upload(api, packed(wrong(unpacked(archive))))
    read(sent["id"], owner="test")
    told = shown(api, sent)
    assert (told["state"], told["project"], told["ids_kept"]) == ("failed", None, None)
    assert told["error"]["pointer"] == "/data/measurements.jsonl"
    assert "line 2: value = 'nan'" in told["error"]["detail"]
    assert told["finished_at"]
    assert not Project.objects.exists()
    assert files("uploads") == files("artifacts") == []


class Crash(BaseException):
    """The worker is gone."""


@pytest.mark.parametrize("table", ["sources", "measurements", "the end"])
def test_a_worker_that_dies_leaves_nothing_and_the_next_one_begins_anew(
    api: APIClient, archive: bytes, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = upload(api, archive)
    real, end = loading._Loader.load, loading._Loader.keep_files

    def dies(loader: Any, at: Any) -> None:
        real(loader, at)
        if at.name == table:
            raise Crash

    def dies_at_the_end(loader: Any) -> None:
        end(loader)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(loading._Loader, "load", dies)
        if table == "the end":
            patch.setattr(loading._Loader, "keep_files", dies_at_the_end)
        with pytest.raises(Crash):
            read(sent["id"], owner="a")
    assert not Project.objects.exists()
    assert shown(api, sent)["state"] == "running"
    read(sent["id"], owner="b")
    assert shown(api, sent)["state"] == "running", "its lease has not run out"
    Import.objects.update(lease_until=EXPIRED)
    read(sent["id"], owner="b")
    assert shown(api, sent)["state"] == "done"
    assert Project.objects.get().measurements.count() == 2


def test_a_worker_that_lost_its_lease_writes_nothing(api: APIClient, archive: bytes) -> None:
    sent = upload(api, archive)
    sleepy = import_claim(sent["id"], owner="sleepy", lease_s=30)
    assert sleepy is not None
    assert import_claim(sent["id"], owner="b", lease_s=30) is None
    Import.objects.update(lease_until=EXPIRED)
    other = import_claim(sent["id"], owner="b", lease_s=30)
    assert other is not None
    assert not import_renew(sleepy, lease_s=30)
    with pytest.raises(ImportLost):
        import_run(sleepy)
    assert not Project.objects.exists()
    import_run(other)
    assert shown(api, sent)["state"] == "done"


def test_an_archive_that_workers_die_on_is_given_up(api: APIClient, archive: bytes) -> None:
    sent = upload(api, archive)
    for _ in range(MOST_TRIES):
        assert import_claim(sent["id"], owner="dies", lease_s=30)
        Import.objects.update(lease_until=EXPIRED)
    read(sent["id"], owner="test")
    told = shown(api, sent)
    assert told["state"] == "failed"
    assert "3 workers in a row died" in told["error"]["detail"]
    assert imports_due(10) == []


def test_no_bytes_at_all_are_refused(api: APIClient, team: Team) -> None:
    answer = api.post("/api/v1/projects:import", b"", content_type="application/zip")
    assert answer.status_code == 400
    assert "the body is empty" in answer.json()["detail"]


def test_the_same_key_is_the_same_import(api: APIClient, archive: bytes) -> None:
    sent = upload(api, archive, key="k")
    assert upload(api, archive, 200, key="k")["id"] == sent["id"]
    other = packed({METADATA: b"{}"})
    assert "another archive" in upload(api, other, 409, key="k")["detail"]
    assert Import.objects.count() == len(files("uploads")) == 1


def test_a_team_has_only_so_many_under_way(api: APIClient, team: Team) -> None:
    small = packed({METADATA: b"{}"})
    for _ in range(MOST_OPEN):
        last = upload(api, small)
    assert "allowed: 5" in upload(api, small, 409)["detail"]
    assert len(files("uploads")) == MOST_OPEN
    read(last["id"], owner="test")
    upload(api, small)


def test_members_watch_and_strangers_see_nothing(
    api: APIClient, archive: bytes, viewer: User, stranger: User, client_of: ClientOf
) -> None:
    sent = upload(api, archive)
    path = f"/api/v1/imports/{sent['id']}"
    assert client_of(viewer).get(path).status_code == 200
    assert client_of(stranger).get(path).status_code == 404
    assert client_of(stranger).get("/api/v1/imports").json()["results"] == []


def test_who_may_no_longer_write_imports_nothing(
    api: APIClient, archive: bytes, team: Team, user: User
) -> None:
    sent = upload(api, archive)
    membership_set(team=team, user=user, role=Role.VIEWER, by=None)
    read(sent["id"], owner="test")
    assert "no longer" in shown(api, sent)["error"]["detail"]
    assert not Project.objects.exists()


def test_an_upload_that_is_gone_is_said(api: APIClient, archive: bytes) -> None:
    sent = upload(api, archive)
    row = Import.objects.get()
    uploads.discard(row.pk, row.sha256, wanted=False)
    read(sent["id"], owner="test")
    assert "send it again" in shown(api, sent)["error"]["detail"]


def test_what_a_request_that_died_left_is_discarded_in_time(api: APIClient, archive: bytes) -> None:
    import os

    folder = Path(configured.DATA_DIR) / "uploads"
    waiting = upload(api, archive)
    for name in ("tmpabc.zip", "01a22690-1893-71e9-be93-0e3f1ee58984.zip", "tmpnew.zip"):
        (folder / name).write_bytes(b"x")
    for path in folder.glob("*"):
        if path.name != "tmpnew.zip":
            os.utime(path, (0, 0))
    brought(api, archive)
    assert {path.name for path in folder.glob("*")} == {"tmpnew.zip", f"{waiting['id']}.zip"}
