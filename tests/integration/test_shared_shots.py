"""Numbers from the same shots: from the engine to the twin, over the API, and in an archive."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.archives.services import project_export
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.twins.evidence import evidence_of
from qtwin.twins.models import TwinFit
from tests.contract.cases import QUENCH
from tests.integration.archives.conftest import brought, forget

OWN = [
    {"name": "zz", "pauli": {"ZZ": 1.0}},
    {"name": "z", "pauli": {"IZ": 1.0, "ZI": -0.5}},
]
SYSTEM = {**QUENCH, "sites": 2, "state": {**QUENCH["state"], "initial": "0+"}, "observables": OWN}
FIELDS = [0.5, 1.2, 2.0]
SOURCES = {
    "plain": ("aer", {"depolarizing_2q": 0.01}),
    "calibrated": (
        "readout+aer",
        {"readout_error": 0.05, "calibration_shots": 200, "anchors": False},
    ),
}
Groups = dict[str, list[Measurement]]


@pytest.fixture
def spins(api: APIClient, team: Team, work: Callable[[], None]) -> Project:
    """Three fields, measured by a device and by one with a calibration that they share."""
    made = api.post("/api/v1/projects", {"name": "Pair", "system": SYSTEM}, format="json")
    assert made.status_code == 201, made.content
    place = made["Location"]
    exact = {"name": "exact", "role": "reference", "backend": "exact", "method": "evolution"}
    device = {"role": "device", "method": "trotter"}
    sources: list[dict[str, Any]] = [
        {**device, "name": name, "backend": backend, "settings": settings}
        for name, (backend, settings) in SOURCES.items()
    ]
    for source in [{**exact}, *sources]:
        answer = api.post(f"{place}/sources", source, format="json")
        assert answer.status_code == 201, answer.content
        asked: dict[str, Any] = {"source": source["name"], "points": FIELDS}
        if source["name"] != "exact":
            asked |= {"observables": ["zz", "z"], "shots": 1000, "seed": 4}
            asked |= {"knobs": {"trotter_steps": 4}}
        answer = api.post(f"{place}/jobs", asked, format="json")
        assert answer.status_code == 202, answer.content
    work()
    return Project.objects.get(team=team)


def grouped(project: Project, source: str) -> Groups:
    rows = Measurement.objects.filter(
        project=project, source_revision__source__name=source
    ).select_related("observable", "covariance")
    found: Groups = {}
    for row in rows.order_by("row", "observable__name"):
        found.setdefault(row.shot_group, []).append(row)
    return found


def groups_of_the_fit(project: Project) -> list[Any]:
    found = evidence_of(project, project.observables.get(name="zz"))
    assert found is not None
    data = found.observations()
    return [(data.x[one.rows].ravel().tolist(), one.covariance) for one in data.groups]


def covariance(api: APIClient, row: Measurement, status: int = 200) -> Any:
    answer = api.get(f"/api/v1/measurements/{row.pk}/covariance")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_observables_of_a_point_share_shots_and_their_covariance_is_served(
    api: APIClient, spins: Project
) -> None:
    groups = grouped(spins, "plain")
    assert [[row.observable.name for row in rows] for rows in groups.values()] == [["z", "zz"]] * 3
    first = next(iter(groups.values()))
    told = covariance(api, first[1])
    assert [one["id"] for one in told["measurements"]] == [str(row.pk) for row in first]
    assert np.diag(told["covariance"]) == pytest.approx([row.std**2 for row in first])
    assert told["covariance"][0][1] != 0.0
    listed = api.get(f"/api/v1/jobs/{first[0].job_id}/measurements").json()["results"]
    assert {one["shot_group"] for one in listed} == {*groups}
    chain = api.get(f"/api/v1/measurements/{first[0].pk}/provenance").json()
    assert first[0].covariance is not None
    assert chain["shots"]["covariance"]["sha256"] == first[0].covariance.sha256


def test_an_exact_number_shares_nothing(api: APIClient, spins: Project) -> None:
    (rows,) = grouped(spins, "exact").values()
    assert {(row.shot_group, row.covariance) for row in rows} == {("", None)}
    assert "no covariance" in covariance(api, rows[0], 404)["detail"]


def test_points_that_share_a_calibration_are_correlated_evidence_for_the_twin(
    spins: Project, fitted: Callable[[Project], None]
) -> None:
    fitted(spins)
    groups = grouped(spins, "calibrated")
    ((name, rows),) = groups.items()
    assert name == f"{rows[0].job_id}:0"
    assert [row.row for row in rows] == [0, 0, 1, 1, 2, 2]
    ((x, matrix),) = groups_of_the_fit(spins)
    assert x == FIELDS
    stds = np.array([row.std for row in rows if row.observable.name == "zz"])
    np.testing.assert_allclose(np.diag(matrix), stds**2)
    correlation = matrix / np.outer(stds, stds)
    assert np.abs(correlation[np.triu_indices(3, 1)]).max() > 0.05
    assert TwinFit.objects.filter(observable__name="zz").exists()


def test_an_archive_carries_groups_and_covariances(
    api: APIClient, spins: Project, user: Any
) -> None:
    file, before = io.BytesIO(), groups_of_the_fit(spins)
    project_export(spins, file, by=user)
    with zipfile.ZipFile(file) as archive:
        sheet = list(csv.DictReader(io.TextIOWrapper(archive.open("data/measurements.csv"))))
        assert {row["covariance"] for row in sheet} - {""} <= set(archive.namelist())
    named = {row["id"]: row["shot_group"] for row in sheet}
    stored = Measurement.objects.filter(project=spins)
    assert named == {str(row.pk): row.shot_group for row in stored}
    for gone in (False, True):  # beside the original with new ids, and instead of it
        if gone:
            forget(spins)
        again = Project.objects.get(pk=brought(api, file.getvalue())["id"])
        assert (again.pk == spins.pk) == gone
        ((x, matrix),) = groups_of_the_fit(again)
        assert x == before[0][0]
        np.testing.assert_array_equal(matrix, before[0][1])
