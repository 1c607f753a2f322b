"""From a POST to a prediction, with real solvers in the real sandbox, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Job, Measurement, State
from qtwin.jobs.services import measurement_invalidate, measurement_restore
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_read
from qtwin.twins.models import TwinFit, TwinVersion
from qtwin.web.headline import headline

EXACT = [0.4, 0.7414, 1.1, 1.6, 2.4]
FCI_H2_STO3G = -1.137270  # hartree at 0.7414 angstrom; Szabo & Ostlund's basis, any FCI program


def predict(api: APIClient, project: Project, points: list[Any], **more: object) -> dict:  # type: ignore[type-arg]  # JSON
    body = {"observable": "energy", "points": points, **more}
    response = api.post(f"/api/v1/projects/{project.pk}/twin:predict", body, format="json")
    assert response.status_code == 200, response.content
    answer: dict = response.json()  # type: ignore[type-arg]  # JSON
    return answer


def test_jobs_become_measurements_and_a_twin_that_predicts(
    api: APIClient,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
) -> None:
    submit(source="fci", points=EXACT)
    submit(source="hf", points=[0.4, 0.8, 1.2, 1.6, 2.0, 2.4])
    fitted(project)
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}
    row = Measurement.objects.get(source_revision__source__name="fci", row=1)
    assert row.value == pytest.approx(FCI_H2_STO3G, abs=1e-6)
    assert (row.unit, row.std) == ("hartree", 0.0)

    answer = predict(api, project, EXACT)
    measured = Measurement.objects.filter(source_revision__source__name="fci").order_by("row")
    assert answer["mean"] == pytest.approx([m.value for m in measured], abs=1e-5)
    total = np.sum([np.array(part) for part in answer["budget"].values()], axis=0)
    assert total == pytest.approx(np.square(answer["std"]), rel=1e-9)
    assert np.sum([np.array(s) for s in answer["shares"].values()], axis=0) == pytest.approx(1.0)
    assert (answer["claim"], answer["references"]) == ("calibrated", 5)
    assert api.get(f"/api/v1/projects/{project.pk}/twin").json()["up_to_date"]


def test_leaving_a_source_out_is_another_prediction_and_the_version_stays(
    api: APIClient,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
) -> None:
    submit(source="fci", points=EXACT)
    submit(source="hf", points=[0.4, 0.8, 1.2, 1.6, 2.0, 2.4])
    fitted(project)
    without = predict(api, project, [0.9], exclude_sources=["fci"])
    assert without["claim"] == "unanchored"
    assert predict(api, project, [0.9])["claim"] == "calibrated"
    assert TwinVersion.objects.count() == 1


def test_a_version_is_immutable_and_follows_the_evidence(
    user: User,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
) -> None:
    submit(source="fci", points=EXACT)
    fitted(project)
    first = TwinFit.objects.get()
    fitted(project)
    assert TwinVersion.objects.count() == 1, "the same evidence makes no new version"

    row = Measurement.objects.first()
    assert row is not None
    measurement_invalidate(measurement=row, why="test", by=user)
    fitted(project)
    second = TwinFit.objects.get(version__number=2)
    assert second.digest != first.digest
    assert str(row.pk) not in second.measurement_ids

    measurement_restore(measurement=row, why="test", by=user)
    fitted(project)
    third = TwinFit.objects.get(version__number=3)
    assert third.digest == first.digest
    assert artifact_read(third.artifact) == artifact_read(first.artifact)


def test_a_curve_of_a_project_without_evidence_is_empty(api: APIClient, project: Project) -> None:
    curve = api.get(f"/api/v1/projects/{project.pk}/twin/curve").json()
    assert (curve["version"], curve["x"], curve["points"]) == (None, [], [])
    assert [source["name"] for source in curve["sources"]][:2] == ["hf", "mp2"]


def test_a_sampled_job_says_its_error_and_its_calibration(
    api: APIClient, submit: Callable[..., Job], work: Callable[[], None]
) -> None:
    job = submit(source="vqe-noisy", points=[0.7, 1.5], shots=500, seed=3, knobs={"noise_gain": 3})
    work()
    rows = api.get(f"/api/v1/jobs/{job.pk}/measurements").json()["results"]
    assert [row["knobs"] for row in rows] == [{"noise_gain": 3.0}] * 2
    for row in rows:
        assert row["std"] > 0
        assert row["mixed_value"] > row["value"]
        assert row["shots"] == 500
        assert row["epoch"]


def test_chunks_of_one_job_draw_independent_shots(
    submit: Callable[..., Job], work: Callable[[], None]
) -> None:
    job = submit(source="vqe-ideal", points=[0.7, 0.7], shots=500, seed=3)
    Job.objects.filter(pk=job.pk).update(chunk_points=1)
    work()
    first, second = Measurement.objects.filter(job=job).order_by("row")
    assert first.value != second.value


def test_evidence_that_came_back_before_a_fit_makes_no_new_version(
    user: User,
    project: Project,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
) -> None:
    submit(source="fci", points=EXACT)
    fitted(project)
    row = Measurement.objects.first()
    assert row is not None
    measurement_invalidate(measurement=row, why="test", by=user)
    measurement_restore(measurement=row, why="test", by=user)
    fitted(project)
    assert TwinVersion.objects.count() == 1


def test_a_project_of_two_controls_is_predicted_and_drawn(
    api: APIClient, team: Team, fitted: Callable[[Project], None]
) -> None:
    atoms = [
        {"element": "H", "position": [0, 0, 0]},
        {"element": "H", "position": ["across", 0, "along"]},
    ]
    controls = [
        {"name": name, "label": name, "unit": "angstrom", "lower": 0.5, "upper": 1.5}
        for name in ("along", "across")
    ]
    system = {**SYSTEM, "atoms": atoms, "controls": controls}
    place = api.post("/api/v1/projects", {"name": "H2", "system": system}, format="json")[
        "Location"
    ]
    source = {"name": "fci", "role": "reference", "backend": "pyscf", "method": "fci"}
    api.post(f"{place}/sources", source, format="json")
    points = [[a, b] for a in (0.5, 1.0, 1.5) for b in (0.5, 1.0, 1.5)]
    body = {"source": "fci", "points": points}
    assert api.post(f"{place}/jobs", body, format="json").status_code == 202
    project = Project.objects.get(team=team)
    fitted(project)
    curve = api.get(f"{place}/twin/curve").json()
    assert curve["fixed"] == {"across": 1.0}
    held = api.get(f"{place}/twin/curve?fixed=across:0.6&points=false").json()
    assert held["mean"][0] == pytest.approx(predict(api, project, [[0.5, 0.6]])["mean"][0])
    said = headline(project, project.observables.get(name="energy"))
    assert said is not None
    assert said.where.endswith(", across 1 Å")
    mirrored = [predict(api, project, [[a, b]])["mean"][0] for a, b in ((0.6, 1.2), (1.2, 0.6))]
    assert mirrored[0] == pytest.approx(mirrored[1], abs=0.02)
