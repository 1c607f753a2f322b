"""Published numbers join a project with their citation, and count in its twin like others."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import AuditEvent, User
from qtwin.archives.services import project_export, project_import
from qtwin.jobs.models import Job, Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.projects.models import Artifact, Dataset, Project
from qtwin.twins.models import TwinFit
from workers.step import step

CITATION = "A. Nonymous, J. Made-up Results 1, 1 (2025)"
DATA = """source,bond_length,noise_gain,value,std,epoch,shots,unit
lab-fci,0.5,,-1.055,0,,,hartree
lab-fci,0.9,,-1.12,0,,,hartree
lab-fci,1.5,,-0.998,0,,,hartree
lab-qpu,0.9,1,-1.0,0.01,monday,400,
lab-qpu,0.9,2,-0.9,0.01,monday,400,
lab-qpu,1.5,1,-0.9,0.01,tuesday,400,
"""
SOURCES: dict[str, Any] = {
    "lab-fci": {"role": "reference"},
    "lab-qpu": {"role": "device", "mixed_value": -0.66, "knobs": {"noise_gain": {"limit": 0}}},
}


def body(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Table 1",
        "citation": CITATION,
        "licence": "CC-BY-4.0",
        "sources": SOURCES,
        "data": DATA,
        "measured_at": "2025-03-01T12:00:00+00:00",
        **changes,
    }


Post = Callable[..., Any]


@pytest.fixture
def post(api: APIClient, project: Project) -> Post:
    """Import, and expect a status."""

    def run(status: int = 201, key: str = "", **changes: Any) -> Any:
        response = api.post(
            f"/api/v1/projects/{project.pk}/measurements",
            body(**changes),
            format="json",
            headers={"Idempotency-Key": key} if key else {},
        )
        assert response.status_code == status, response.content
        return response.json()

    return run


def test_rows_become_measurements_of_recorded_sources(post: Post, project: Project) -> None:
    told = post()
    assert (told["measurements"], told["sources"]) == (6, ["lab-fci", "lab-qpu"])
    assert told["warnings"] == []
    rows = Measurement.objects.filter(dataset=told["id"]).order_by("row")
    assert [row.value for row in rows] == [-1.055, -1.12, -0.998, -1.0, -0.9, -0.9]
    device = rows[4]
    assert (device.point, device.knobs, device.std) == ([0.9], {"noise_gain": 2.0}, 0.01)
    assert (device.epoch, device.shots, device.mixed_value) == ("monday", 400, -0.66)
    assert (device.unit, device.job) == ("hartree", None)
    assert device.measured_at.isoformat() == "2025-03-01T12:00:00+00:00"
    source = project.sources.get(name="lab-qpu")
    assert (source.role, source.latest.backend, source.latest.method) == (
        "device",
        "replay",
        "recorded",
    )
    assert AuditEvent.objects.filter(action="data.import").count() == 1


def test_the_chain_ends_at_the_file_and_its_citation(
    api: APIClient, post: Post, user: User
) -> None:
    told = post()
    row = Measurement.objects.get(dataset=told["id"], row=3)
    chain = api.get(f"/api/v1/measurements/{row.pk}/provenance").json()
    said = chain["dataset"]
    assert (said["citation"], said["licence"]) == (CITATION, "CC-BY-4.0")
    assert (said["row"], said["imported_by"]) == (3, user.name)
    file = api.get(f"/api/v1/measurements/{row.pk}/raw")
    assert file.content == DATA.encode()
    assert file["Content-Type"] == "text/csv"
    assert "attachment" in file["Content-Disposition"]
    assert hashlib.sha256(file.content).hexdigest() == said["sha256"] == told["sha256"]
    assert api.get(f"/api/v1/datasets/{told['id']}").json()["imported_by"] == user.name


def test_the_twin_weighs_imported_numbers_until_they_are_invalidated(
    api: APIClient, post: Post, assimilated: Callable[[], TwinFit]
) -> None:
    told = post()
    fit = assimilated()
    assert [(row["name"], row["count"]) for row in fit.sources] == [("lab-fci", 3), ("lab-qpu", 3)]
    assert fit.conflicts == []
    row = Measurement.objects.get(dataset=told["id"], row=5)
    response = api.post(
        f"/api/v1/measurements/{row.pk}:invalidate", {"why": "misprint"}, format="json"
    )
    assert response.status_code == 200
    assert [row["count"] for row in assimilated().sources] == [3, 2]


def test_a_whole_import_is_invalidated_and_restored(
    api: APIClient, post: Post, project: Project
) -> None:
    told = post()
    post(data=DATA.replace("-1.055", "-1.0551"), sources=SOURCES)
    row = Measurement.objects.get(dataset=told["id"], row=5)
    api.post(f"/api/v1/measurements/{row.pk}:invalidate", {"why": "misprint"}, format="json")
    path = f"/api/v1/datasets/{told['id']}"
    for verb, out, left in (("invalidate", 6, 6), ("invalidate", 6, 6), ("restore", 0, 12)):
        response = api.post(f"{path}:{verb}", {"why": "erratum"}, format="json")
        assert response.status_code == 200, response.content
        assert response.json()["invalidated"] == out
        assert response.json()["measurements"] == 6
        assert measurements_valid(project.pk).count() == left
    assert row.validity.count() == 2, "what was out already is not judged again"
    assert list(AuditEvent.objects.filter(action__startswith="data.").values_list("action")) == [
        ("data.import",),
        ("data.import",),
        ("data.invalidate",),
        ("data.restore",),
    ]


def test_the_same_request_imports_once(post: Post, project: Project) -> None:
    first, again = post(key="k"), post(200, key="k")
    assert again["id"] == first["id"]
    assert Measurement.objects.filter(project=project).count() == 6
    refused = post(409, key="k", name="Table 2")
    assert refused["errors"][0]["pointer"] == "Idempotency-Key"


def test_the_same_file_is_not_counted_twice(post: Post, project: Project) -> None:
    first = post()
    refused = post(409, name="Table 2")
    assert refused["errors"][0]["pointer"] == "/data"
    assert first["id"] in refused["errors"][0]["detail"]
    assert Dataset.objects.filter(project=project).count() == 1


def test_more_of_a_source_is_its_next_revision(post: Post, project: Project) -> None:
    post()
    data = "source,bond_length,value,std\nlab-fci,2.0,-0.94,0\n"
    post(data=data, sources={"lab-fci": {"role": "reference"}})
    source = project.sources.get(name="lab-fci")
    assert source.latest.number == 2
    assert Measurement.objects.filter(source_revision__source=source).count() == 4


@pytest.mark.parametrize(
    ("changes", "pointer", "said"),
    [
        ({"citation": ""}, "/citation", "blank"),
        ({"citation": None}, "/citation", "null"),
        ({"observable": "dipole"}, "/observable", "'dipole'; allowed: energy"),
        ({"sources": {}}, "/sources", "at least one source"),
        ({"sources": {"Lab": {"role": "device"}}}, "/sources/Lab", "allowed: a to z"),
        (
            {"sources": {"lab-fci": {"role": "truth"}}},
            "/sources/lab-fci/role",
            "allowed: reference",
        ),
        ({"sources": SOURCES | {"lab-fci": {"role": "reference", "cost": 1}}}, "/cost", "none"),
        (
            {"sources": SOURCES | {"lab-fci": {"role": "device", "scale": "learn"}}},
            "/scale",
            "appr",
        ),
        (
            {"sources": SOURCES | {"lab-qpu": {"role": "device", "knobs": {"gain": {"limit": 0}}}}},
            "/sources/lab-qpu/knobs/gain",
            "allowed: noise_gain",
        ),
        (
            {"data": DATA.replace("-1.12", "x")},
            "/data",
            "line 3, column 4 (value): 'x'; allowed: a",
        ),
        ({"data": DATA.replace("0.5,", "9,")}, "/data", "(bond_length): '9'; allowed: 0.3 to 2.5"),
        ({"data": DATA.replace("0.9,2", "0.9,")}, "/data", "line 6, column 3 (noise_gain): empty"),
        ({"data": DATA.replace("hartree", "eV", 1)}, "/data", "'eV'; allowed: hartree, the unit"),
        ({"data": DATA.replace("lab-qpu", "qpu")}, "/data", "line 5, column 1 (source): 'qpu'"),
        ({"data": DATA.replace("monday", "m" * 81)}, "/data", "81 characters; allowed: 80"),
        ({"data": "source\n"}, "/data", "no rows"),
        ({"measured_at": "2031-01-01T00:00:00Z"}, "/measured_at", "a time that has passed"),
        ({"rows": 3}, "/rows", "unknown field"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    post: Post, project: Project, changes: dict[str, Any], pointer: str, said: str
) -> None:
    sources = project.sources.count()
    wrong = post(400, **changes)["errors"][0]
    assert wrong["pointer"].endswith(pointer), wrong
    assert said in wrong["detail"]
    assert not Dataset.objects.exists()
    assert not Artifact.objects.exists()
    assert project.sources.count() == sources


@pytest.mark.parametrize("change", [{"role": "approximation"}, {"role": "reference"}])
def test_a_source_that_is_something_else_is_not_taken_over(
    post: Post, project: Project, change: dict[str, Any]
) -> None:
    post()
    data = "source,bond_length,value,std\nfci,0.5,-1.0,0\nlab-fci,0.6,-1.1,0\n"
    asked = {"fci": {"role": "reference"}, "lab-fci": change}
    wrong = post(409, sources=asked, data=data)["errors"][0]
    assert wrong["pointer"] == "/sources/fci"
    assert "fci on pyscf" in wrong["detail"]
    assert Dataset.objects.filter(project=project).count() == 1


def test_only_who_may_change_the_project_imports(
    project: Project, viewer: User, stranger: User, client_of: Callable[..., APIClient], post: Post
) -> None:
    path = f"/api/v1/projects/{project.pk}/measurements"
    for someone in (viewer, stranger):
        assert client_of(someone).post(path, body(), format="json").status_code == 404
    told = post()
    assert client_of(viewer).get(f"/api/v1/datasets/{told['id']}").status_code == 200
    assert client_of(stranger).get(f"/api/v1/datasets/{told['id']}").status_code == 404
    listed = client_of(viewer).get(f"/api/v1/projects/{project.pk}/datasets").json()["results"]
    assert [row["name"] for row in listed] == ["Table 1"]
    assert client_of(stranger).get(f"/api/v1/projects/{project.pk}/datasets").status_code == 404


def test_jobs_look_recorded_points_up_and_count_them_once(
    post: Post, submit: Callable[..., Job], assimilated: Callable[[], TwinFit]
) -> None:
    post()
    job = submit(source="lab-qpu", points=[0.9, 0.9, 0.8], knobs={"noise_gain": [2, 1, 1]})
    assert (job.estimated_cost, job.estimated_shots) == (0, 0)
    step(str(job.pk), owner="test")
    job.refresh_from_db()
    assert (job.shown_state, job.points_failed) == ("succeeded", 1)
    assert "nearest are bond_length = 0.9" in job.failures.get().reason
    rows = job.measurements.order_by("row")
    assert [(row.value, row.std) for row in rows] == [(-0.9, 0.01), (-1.0, 0.01)]
    assert rows[0].run is not None
    assert rows[0].run.details["citation"] == CITATION
    assert [row["count"] for row in assimilated().sources] == [3, 3]


def test_imports_travel_in_an_archive(
    post: Post, project: Project, user: User, assimilated: Callable[[], TwinFit]
) -> None:
    post()
    digest = assimilated().digest
    file = io.BytesIO()
    project_export(project, file, by=user)
    made = project_import(file, team=project.team, by=user).project
    data = Dataset.objects.get(project=made)
    assert (data.citation, data.sha256) == (CITATION, hashlib.sha256(DATA.encode()).hexdigest())
    rows = Measurement.objects.filter(project=made, dataset=data).order_by("row")
    before = Measurement.objects.filter(project=project).order_by("row")
    facts = ("row", "value", "std", "point", "knobs", "epoch", "draw", "mixed_value", "shots")
    assert list(rows.values(*facts)) == list(before.values(*facts))
    assert {row.raw.sha256 for row in rows if row.raw} == {data.sha256}
    assert len({digest, TwinFit.objects.get(version__twin__project=made).digest}) == 2, "new ids"
