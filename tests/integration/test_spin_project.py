"""A spin lattice as a project: several observables, each with its own fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team
from qtwin.jobs.models import Job, State
from qtwin.projects.models import Project
from qtwin.web.headline import headline
from tests.contract.cases import ISING

FIELDS = [0.3, 0.6, 0.9, 1.2, 1.6, 2.0, 2.5]
NAMES = ["energy", "magnetisation_x"]


@pytest.mark.slow
def test_a_spin_lattice_gets_a_twin_of_every_observable(
    api: APIClient, team: Team, fitted: Callable[[Project], None]
) -> None:
    made = api.post("/api/v1/projects", {"name": "Ising", "system": ISING}, format="json")
    assert made.status_code == 201, made.content
    place = made["Location"]
    for name, role, method in (("ed", "reference", "ed"), ("mf", "approximation", "mean_field")):
        source = {"name": name, "role": role, "backend": "exact", "method": method}
        assert api.post(f"{place}/sources", source, format="json").status_code == 201
        job = {"source": name, "points": FIELDS, "observables": NAMES}
        assert api.post(f"{place}/jobs", job, format="json").status_code == 202
    project = Project.objects.get(team=team)
    fitted(project)
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}

    body = {"observable": "energy", "points": FIELDS}
    energy = api.post(f"{place}/twin:predict", body, format="json").json()
    levels = [
        np.linalg.svd(
            np.diag(np.full(4, 2.0 * field)) + np.diag(np.full(3, -2.0), 1), compute_uv=False
        )
        for field in FIELDS
    ]
    assert energy["mean"] == pytest.approx([-level.sum() / 2 for level in levels], abs=1e-4)

    curve = api.get(f"{place}/twin/curve?observable=magnetisation_x").json()
    assert curve["observable"]["unit"] == "dimensionless"
    assert min(curve["lower"]) >= -1.0
    assert max(curve["upper"]) <= 1.0
    assert len(curve["points"]) == 2 * len(FIELDS)

    said = headline(project, project.observables.get(name="energy"))
    assert said is not None  # the lowest energy is at the end of the range, and says nothing
    assert said.where == "field 1.4"


def test_a_gap_of_mean_field_is_refused_by_field(api: APIClient, team: Team) -> None:
    place = api.post("/api/v1/projects", {"name": "Ising", "system": ISING}, format="json")[
        "Location"
    ]
    source = {"name": "mf", "role": "approximation", "backend": "exact", "method": "mean_field"}
    api.post(f"{place}/sources", source, format="json")
    job = {"source": "mf", "points": [1.0], "observables": ["energy", "gap"]}
    refused = api.post(f"{place}/jobs", job, format="json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/observables/1"


def test_a_job_without_observables_measures_the_first_and_those_of_the_document(
    api: APIClient, team: Team
) -> None:
    own = [{"name": "zz", "pauli": {"Z0 Z1": 1.0}}, {"name": "up", "bitstring": "0000"}]
    body = {"name": "Ising", "system": {**ISING, "observables": own}}
    place = api.post("/api/v1/projects", body, format="json")["Location"]
    for name, method in (("ed", "ed"), ("free", "free_fermions")):
        source = {"name": name, "role": "approximation", "backend": "exact", "method": method}
        api.post(f"{place}/sources", source, format="json")
        answer = api.post(f"{place}/jobs", {"source": name, "points": [1.0]}, format="json")
        assert answer.status_code == 202, answer.content
    measured = {job.source_revision.method: job.observables for job in Job.objects.all()}
    assert measured["ed"] == ["energy", "zz", "up"]
    assert measured["free_fermions"] == ["energy", "zz"]  # it finds no bit strings
