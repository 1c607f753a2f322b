"""What a device said of its errors: kept once, shown to who may see it, taken along in archives."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from backends.schema import CalibrationSnapshot
from backends.simulators.device import device
from qtwin.accounts.models import Team, User
from qtwin.archives.errors import ArchiveError
from qtwin.archives.services import project_export, project_import
from qtwin.archives.tables import tables_of
from qtwin.jobs.models import Calibration, Job, Measurement
from qtwin.jobs.services.calibration import calibration_learn
from qtwin.projects.models import Project
from qtwin.twins.models import TwinFit
from qtwin.twins.services import twin_rebuild
from qtwin.twins.services.rebuild import Verdict
from tests.integration.archives.conftest import forget
from tests.integration.archives.forging import Members, edited, head, packed, unpacked

NAME = "FakeManilaV2"
CALIBRATIONS = "/api/v1/backends/fake-ibm/calibrations"


@pytest.fixture
def measured(submit: Callable[..., Job], work: Callable[[], None]) -> Measurement:
    """Two jobs on one recorded device."""
    for point in (0.7, 1.1):
        submit(source="vqe-noisy", points=[point], shots=100)
        work()
    measured = list(Measurement.objects.all())
    assert len(measured) == 2
    return measured[0]


def test_what_held_at_run_is_one_row_for_all_that_ran_under_it(
    api: APIClient, measured: Measurement, project: Project
) -> None:
    row = Calibration.objects.get()
    assert list(Measurement.objects.values_list("calibration", flat=True)) == [row.pk] * 2
    recorded = device(NAME).calibration
    assert recorded is not None
    assert CalibrationSnapshot.from_dict(row.document) == recorded
    assert (row.team, row.device, row.digest) == (project.team, NAME, recorded.digest)
    chain = api.get(f"/api/v1/measurements/{measured.pk}/provenance").json()["calibration"]
    assert chain["identifier"] == measured.epoch == recorded.identifier
    assert (chain["id"], chain["device"], chain["sha256"]) == (row.pk, NAME, row.digest)


def test_it_is_listed_by_device_and_time_for_the_team_that_saw_it(
    api: APIClient, measured: Measurement, client_of: Any, stranger: User
) -> None:
    (row,) = api.get(CALIBRATIONS).json()["results"]
    assert (row["identifier"], row["device"]) == (measured.epoch, NAME)
    assert "document" not in row
    told = api.get(f"{CALIBRATIONS}/{row['id']}").json()
    assert told["document"]["qubits"][0][0] == 0
    for query, count in {
        "device=FakeManilaV2": 1,
        "device=FakeTorino": 0,
        "since=2024-05-27T18:27:23Z": 1,
        "since=2024-05-28T00:00:00Z": 0,
        "until=2024-05-27T00:00:00Z": 0,
    }.items():
        assert len(api.get(f"{CALIBRATIONS}?{query}").json()["results"]) == count, query
    assert api.get(f"{CALIBRATIONS}?since=noon").status_code == 400
    assert api.get("/api/v1/backends/aer/calibrations").json()["results"] == []
    eve = client_of(stranger)
    assert eve.get(CALIBRATIONS).json()["results"] == []
    assert eve.get(f"{CALIBRATIONS}/{row['id']}").status_code == 404


@pytest.fixture
def archive(measured: Measurement, project: Project) -> bytes:
    """Of a project that is not here any more."""
    file = io.BytesIO()
    project_export(project, file, by=None)
    forget(project)
    return file.getvalue()


def imported(data: bytes, team: Team) -> Project:
    return project_import(io.BytesIO(data), team=team, by=None).project


def test_an_archive_takes_it_along(
    archive: bytes, stranger: User, client_of: Any, team: Team
) -> None:
    made = imported(archive, stranger.memberships.get().team)
    row = Calibration.objects.get()
    assert (row.team, row.project) == (None, made)
    assert CalibrationSnapshot.from_dict(row.document) == device(NAME).calibration
    assert list(Measurement.objects.values_list("calibration", flat=True)) == [row.pk] * 2
    (told,) = client_of(stranger).get(CALIBRATIONS).json()["results"]
    assert told["project"] == str(made.pk)
    copy = imported(archive, team)
    assert Calibration.objects.filter(project=copy).count() == 1
    assert copy.measurements.filter(calibration__project=copy).count() == 2


def newer() -> CalibrationSnapshot:
    """A year later the device is worse; nothing has run since."""
    recorded = device(NAME).calibration
    assert recorded is not None
    assert recorded.taken_at is not None
    gates = tuple(replace(gate, error=1.5 * gate.error) for gate in recorded.gates)
    taken = recorded.taken_at + timedelta(days=365)
    return replace(recorded, identifier="fake_manila-worse", taken_at=taken, gates=gates)


def test_what_aged_a_version_comes_along_and_it_is_rebuilt(
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
    measured: Measurement,
    project: Project,
    stranger: User,
) -> None:
    calibration_learn(team=project.team, backend="fake-ibm", snapshot=newer())
    submit(source="fci", points=[0.4, 0.7414, 1.1, 1.6, 2.4])
    fitted(project)
    file = io.BytesIO()
    project_export(project, file, by=None)
    forget(project)
    made = imported(file.getvalue(), stranger.memberships.get().team)
    fit = TwinFit.objects.filter(version__twin__project=made).latest("version__number")
    (told,) = fit.ageing
    assert told["identifier"] == "fake_manila-worse"
    assert twin_rebuild(fit).verdict is Verdict.IDENTICAL


def without_calibrations(members: Members) -> Members:
    old = {name: data for name, data in members.items() if name != "data/calibrations.jsonl"}
    return head(format=2)(old)


def test_an_archive_of_the_time_before_is_read(archive: bytes, team: Team) -> None:
    made = imported(packed(without_calibrations(unpacked(archive))), team)
    assert made.measurements.filter(calibration=None).exclude(epoch="").count() == 2
    columns = [{table.name: table.columns for table in tables_of(form)}["fits"] for form in (2, 3)]
    assert set(columns[1]) - set(columns[0]) == {"ageing"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("digest", "0" * 64),
        ("identifier", "ibm_other-1"),
        ("device", "FakeTorino"),
        ("calibrated_at", "2026-01-01T00:00:00+00:00"),
        ("document", {"qubits": []}),
        ("document", None),
    ],
)
def test_a_calibration_that_contradicts_its_document_is_refused(
    archive: bytes, team: Team, field: str, value: Any
) -> None:
    forged = edited("calibrations", lambda row: row.update({field: value}))(unpacked(archive))
    with pytest.raises(ArchiveError, match=r"data/calibrations.jsonl: line 1"):
        imported(packed(forged), team)
    assert not Calibration.objects.exists()
