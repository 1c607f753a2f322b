"""127 qubits as a project: the published file goes through the import, and its twin is the same.

Data of Kim et al., Nature 618, 500 (2023). The file is beside this repository, not in it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team, User
from qtwin.fusion import fit_star
from qtwin.fusion.base import Prediction
from qtwin.fusion.star.posterior import load_fit
from qtwin.jobs.models import Measurement
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read, project_create, source_create
from qtwin.twins.evidence import evidence_of
from qtwin.twins.models import TwinFit
from tests.benchmarks.twin.case import Absent, Case
from tests.benchmarks.twin.curves import eagle_case
from tests.benchmarks.twin.design import read_designs
from tests.benchmarks.twin.tables import read_rows
from tests.docs.fences import blocks

PUBLISHED = 0.0286
"""RMSE of the published mitigation over all thirteen angles."""
CITATION = "Kim et al., Nature 618, 500 (2023), doi 10.1038/s41586-023-06096-3, Fig. 3b"
DEVICE = {"role": "device", "mixed_value": 0, "knobs": {"noise_gain": {"limit": 0}}}


@pytest.fixture
def case() -> Case:
    """What `make bench-twin` fits: raw runs at three noise gains and two Clifford points."""
    try:
        return eagle_case(read_designs()["eagle"], 0)
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture
def project(team: Team, user: User) -> Project:
    """The kicked Ising system of docs/systems.md with its weight-10 observable."""
    examples = blocks("systems.md", "json")
    (system,) = (json.loads(text) for text in examples if "weight_10" in text)
    return project_create(team=team, name="Eagle", system=system, by=user)


def published(*sources: str) -> str:
    """The rows of some sources as they are in the file."""
    rows = read_rows("eagle_kicked_ising", "weight10_5steps.csv")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(row for row in rows if row["source"] in sources)
    return text.getvalue()


def send(api: APIClient, project: Project, **body: Any) -> Any:
    whole = {"name": "Fig. 3b", "observable": "weight_10", "licence": "CC-BY-SA-4.0"} | body
    path = f"/api/v1/projects/{project.pk}/measurements"
    response = api.post(path, {"citation": CITATION, **whole}, format="json")
    assert response.status_code == 201, response.content
    return response.json()


def rmse(said: Prediction, case: Case) -> float:
    return float(np.sqrt(np.mean((said.mean - case.truth) ** 2)))


def test_the_imported_file_gives_the_predictions_of_the_benchmark(
    case: Case, project: Project, api: APIClient
) -> None:
    told = send(api, project, sources={"eagle-raw": DEVICE}, data=published("eagle-raw"))
    assert told["warnings"] == []
    clifford = "source,theta_h,value,std\nstabilizer,0,0,0\nstabilizer,1.5707,1,0\n"
    send(api, project, sources={"stabilizer": {"role": "reference"}}, data=clifford)
    evidence = evidence_of(project, project.observables.get(name="weight_10"))
    assert evidence is not None
    assert len(evidence.measurements) == len(case.observations.y)
    here = fit_star(evidence.observations(), seed=0).predict(case.test_x)
    there = fit_star(case.observations, seed=0).predict(case.test_x)
    assert np.allclose(here.mean, there.mean, rtol=0, atol=1e-9)
    assert np.allclose(here.std, there.std, rtol=0, atol=1e-9)
    assert rmse(here, case) <= 0.012 < PUBLISHED


def test_it_meets_stabilizer_values_that_are_computed_here(
    case: Case,
    project: Project,
    api: APIClient,
    work: Callable[[], None],
    assimilated: Callable[[], TwinFit],
) -> None:
    how: Any = {"backend": "stim", "method": "kicked", "role": "reference"}
    source_create(project=project, name="stabilizer", by=project.created_by, **how)
    points = {"source": "stabilizer", "points": [0, np.pi / 2], "observables": ["weight_10"]}
    answer = api.post(f"/api/v1/projects/{project.pk}/jobs", points, format="json")
    assert answer.status_code == 202, answer.content
    send(api, project, sources={"eagle-raw": DEVICE}, data=published("eagle-raw"))
    work()
    fit = assimilated()
    exact = Measurement.objects.filter(project=project, dataset=None).order_by("row")
    assert [row.value for row in exact] == [0.0, 1.0]
    assert [(row["name"], row["count"]) for row in fit.sources] == [
        ("eagle-raw", 39),
        ("stabilizer", 2),
    ]
    assert rmse(load_fit(artifact_read(fit.artifact)).predict(case.test_x), case) <= 0.012
