"""An exported project comes back with the same evidence and the same twin, bit for bit."""

from __future__ import annotations

import csv
import io
import socket
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import AsyncClient
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, Scope, User
from qtwin.accounts.services import team_create, token_create
from qtwin.jobs.models import Job, Measurement, Run
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Dataset, Project
from qtwin.projects.services import artifact_read
from qtwin.twins.models import Twin, TwinFit
from qtwin.twins.services import twin_rebuild
from qtwin.twins.services.rebuild import Verdict
from tests.integration.archives.conftest import (
    CITATION,
    Left,
    brought,
    contents,
    evidence,
    predict,
    upload,
)


def numbers(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("mean", "std", "budget", "shares", "claim")}


def test_another_database_gets_the_same_twin_with_the_same_ids(
    left: Left, user: User, stranger: User, client_of: Any
) -> None:
    eve = client_of(stranger)
    made = brought(eve, left.archive)
    assert made["id"] == str(left.project)
    assert predict(eve, made["id"]) == left.latest
    assert predict(eve, made["id"], version=1) == left.first
    assert evidence(made["id"]) == left.evidence
    table, again = {**left.contents}, contents(Project.objects.get())
    (waiting,) = [row for row in table["jobs"] if row["state"] == "QUEUED"]
    (ended,) = [row for row in again["jobs"] if row["id"] == waiting["id"]]
    assert (ended["state"], ended["reason_code"]) == ("CANCELLED", "exported")
    table["jobs"] = [row for row in table["jobs"] if row != waiting]
    again["jobs"].remove(ended)
    for name, rows in table.items():
        assert again[name] == rows, name
    assert [twin_rebuild(fit).verdict for fit in TwinFit.objects.all()] == [Verdict.IDENTICAL] * 2
    other = client_of(user).get(f"/api/v1/projects/{made['id']}")
    assert other.status_code == 404, "it is Eve's now"
    what_came_along(eve)
    assert AuditEvent.objects.filter(action="project.import", user=stranger).exists()


def what_came_along(api: APIClient) -> None:
    """Citation, licence, and the whole chain behind a number."""
    data = Dataset.objects.get()
    assert (data.citation, data.licence) == (CITATION, "CC-BY-4.0")
    row = Measurement.objects.filter(shots=100).first()
    assert row is not None
    chain = api.get(f"/api/v1/measurements/{row.pk}/provenance").json()
    assert (chain["job"]["id"], chain["run"]["id"]) == (str(row.job_id), str(row.run_id))
    assert chain["attempt"]["outcome"] == "done"
    assert all(artifact_read(run.raw) for run in Run.objects.select_related("raw"))
    reused = Job.objects.get(points_reused=2)
    assert [r.measurement.point for r in reused.reuses.all()] == [[1.1], [0.7414]]


def test_a_copy_beside_the_original_has_new_ids_and_the_same_numbers(
    left: Left, stranger: User, client_of: Any, fitted: Callable[[Project], None]
) -> None:
    eve = client_of(stranger)
    original, copy = (Project.objects.get(pk=brought(eve, left.archive)["id"]) for _ in range(2))
    assert original.pk == left.project != copy.pk
    assert numbers(predict(eve, copy.pk)) == numbers(left.latest)
    assert evidence(copy.pk) == evidence(original.pk) == left.evidence
    assert not set(measurements_valid(copy.pk)) & set(measurements_valid(original.pk))
    fits = TwinFit.objects.filter(version__twin__project=copy)
    last = fits.get(version__number=2)
    assert twin_rebuild(last).verdict is Verdict.IDENTICAL
    named = {pk for fit in fits for pk in fit.measurement_ids}
    assert named <= {str(m.pk) for m in Measurement.objects.filter(project=copy)}
    assert {pk for one in last.changes["moved_most"] for pk in one["measurements"]} <= named | {
        str(m.pk) for m in Measurement.objects.filter(project=copy)
    }
    fitted(copy)
    assert fits.count() == 2, "the twin knows its evidence"
    assert Twin.objects.get(project=copy).assimilated == 1


def test_an_archive_names_no_person_no_host_and_no_path_and_its_sheet_has_every_number(
    left: Left, stranger: User, client_of: Any
) -> None:
    names_nobody(left.archive, left.people)
    brought(client_of(stranger), left.archive)
    the_sheet_has_every_number(left.archive)


def names_nobody(archive: bytes, people: Sequence[str]) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        text = b"\n".join(file.read(n) for n in file.namelist() if not n.startswith("artifacts/"))
        times = {info.date_time[:3] for info in file.infolist()}
    secrets = [Path(settings.DATA_DIR), Path(__file__).parents[3], Path.home()]
    for word in (*people, socket.gethostname(), *map(str, secrets)):
        assert word.encode() not in text, word
    assert times == {(1980, 1, 1)}


def the_sheet_has_every_number(archive: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file.open("data/measurements.csv"))))
    stored = {str(m.pk): m for m in Measurement.objects.all()}
    assert len(rows) == len(stored)
    for row in rows:
        one = stored[row["id"]]
        assert (float(row["value"]), float(row["std"])) == (one.value, one.std)
        assert [float(row["bond_length"])] == one.point
    assert [row["valid"] for row in rows].count("False") == 1


@pytest.fixture
def small(project: Project, measure: Callable[..., Measurement]) -> Project:
    for x in (0.5, 0.9):
        measure("ccsd", x, -1.0)
    return project


@pytest.fixture
def file(small: Project, tmp_path: Path) -> Path:
    path = tmp_path / "h2.zip"
    call_command("export_project", str(small.pk), str(path), stdout=io.StringIO())
    return path


def test_the_commands_do_the_same(small: Project, file: Path, stranger: User) -> None:
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_project", str(small.pk), str(file))
    said, owner = io.StringIO(), team_create(name="Lab", owner=stranger)
    call_command("import_project", str(file), team=str(owner.pk), stdout=said)
    assert "new ids" in said.getvalue()
    assert evidence(owner.projects.get()) == evidence(small)
    file.write_bytes(b"no zip")
    with pytest.raises(CommandError, match="not a zip file"):
        call_command("import_project", str(file), team=str(owner.pk))


def test_exports_are_for_members(
    small: Project, viewer: User, stranger: User, client_of: Any
) -> None:
    path = f"/api/v1/projects/{small.pk}/export"
    response = client_of(viewer).get(path)
    assert response.status_code == 200
    sent = b"".join(response.streaming_content)
    assert response["Content-Length"] == str(len(sent))
    assert zipfile.is_zipfile(io.BytesIO(sent))
    assert client_of(stranger).get(path).status_code == 404
    assert APIClient().get(path).status_code == 401
    assert client_of(viewer).get(f"{path}?licence=a b").status_code == 400


def test_an_asynchronous_server_sends_an_export_piece_by_piece(small: Project, user: User) -> None:
    _, token = token_create(user=user, name="test", scopes=[Scope.READ])

    async def fetch() -> tuple[bool, bytes]:
        path = f"/api/v1/projects/{small.pk}/export"
        headers = {"Authorization": f"Bearer {token}"}
        response: Any = await AsyncClient().get(path, headers=headers)
        pieces = [piece async for piece in response.streaming_content]
        return response.is_async, b"".join(pieces)

    asynchronous, sent = async_to_sync(fetch)()
    assert asynchronous
    assert zipfile.is_zipfile(io.BytesIO(sent))


def test_imports_are_for_writers_of_the_team(
    small: Project, file: Path, viewer: User, stranger: User, client_of: Any
) -> None:
    archive = file.read_bytes()
    upload(client_of(stranger, "read"), archive, 403)
    upload(APIClient(), archive, 401)
    assert "allowed: none" in upload(client_of(viewer), archive, 400)["detail"]
    told = upload(client_of(stranger), archive, 400, f"?team={small.team_id}")
    assert told["errors"][0]["pointer"] == "?team"
    assert Project.objects.count() == 1
