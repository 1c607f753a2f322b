"""Two machines with folders of their own, a database and a bucket in common."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.archives.models import Import
from qtwin.archives.services import project_export
from qtwin.jobs.audit import audit
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.projects.storage import store
from qtwin.serve import port
from qtwin.twins.models import TwinFit
from qtwin.twins.predictor.client import predict
from tests.bucket import Bucket
from tests.unit.jobs.stepping import take_steps
from workers.archive import read

pytestmark = pytest.mark.django_db


def submitted(project: Project, source: str = "hf") -> Job:
    points = [[0.6], [0.9], [1.4]]
    spec = JobSpec(source=project.sources.get(name=source), points=points)
    return job_submit(project=project, spec=spec, by=project.created_by)


def test_one_predicts_from_what_the_other_fitted(
    shared: Bucket,
    settings: Any,
    tmp_path: Path,
    project: Project,
    assimilated: Callable[[], TwinFit],
) -> None:
    settings.DATA_DIR = tmp_path / "one"
    assert take_steps(submitted(project, "fci"), 3).state == State.DONE
    fit = assimilated()
    assert not settings.DATA_DIR.exists(), "nothing is left on the machine that computed"
    settings.DATA_DIR = tmp_path / "other"
    told = predict(fit, [[0.9]])
    row = project.measurements.get(point=[0.9])
    assert told["mean"][0] == pytest.approx(row.value, abs=1e-6)
    assert audit(read_bytes=True) == []


def test_a_step_that_the_store_did_not_take_is_taken_again(
    shared: Bucket, settings: Any, project: Project, api: APIClient
) -> None:
    job = submitted(project)
    settings.S3_ENDPOINT = f"http://127.0.0.1:{port.free()}"
    for _ in range(4):
        take_steps(job)
        assert (job.state, job.reason_code, job.crash_count) == (State.RUNNING, "store_away", 0)
    told = api.get(f"/api/v1/jobs/{job.pk}").json()
    assert "does not answer" in told["reason"]
    assert "store of results" in told["next_step"]
    settings.S3_ENDPOINT = shared.endpoint
    assert take_steps(job, 2).state == State.DONE
    assert job.measurements.count() == 3
    assert audit(read_bytes=True) == []


def test_what_is_stored_where_nobody_answers_is_an_answer_of_503(
    shared: Bucket, settings: Any, project: Project, api: APIClient
) -> None:
    job = take_steps(submitted(project), 2)
    row = job.measurements.first()
    assert row is not None
    path = f"/api/v1/measurements/{row.pk}/raw"
    assert api.get(path).status_code == 200
    settings.S3_ENDPOINT = f"http://127.0.0.1:{port.free()}"
    told = api.get(path)
    assert (told.status_code, told.json()["errors"][0]["code"]) == (503, "store_away")


def test_an_archive_sent_to_one_is_read_by_the_other(
    shared: Bucket,
    settings: Any,
    tmp_path: Path,
    project: Project,
    api: APIClient,
) -> None:
    take_steps(submitted(project), 2)
    file = io.BytesIO()
    project_export(project, file, by=None)
    settings.DATA_DIR = tmp_path / "web"
    answer = api.post(
        "/api/v1/projects:import", data=file.getvalue(), content_type="application/zip"
    )
    assert answer.status_code == 202, answer.content
    settings.DATA_DIR = tmp_path / "worker"
    row = Import.objects.get()
    assert row.sha256 in {one.sha256 for one in store().kept()}
    read(str(row.pk), owner="test")
    row.refresh_from_db()
    assert (row.state, row.detail) == ("done", "")
    assert row.project is not None
    assert row.project.measurements.count() == 3
    assert row.sha256 not in {one.sha256 for one in store().kept()}
    assert not [path for path in (tmp_path / "web").rglob("*") if path.is_file()]
