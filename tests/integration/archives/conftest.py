"""A project with everything that an archive carries, and ways to lose it and get it back."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import models
from rest_framework.test import APIClient

from qtwin.accounts.models import User
from qtwin.archives.services import project_export
from qtwin.archives.tables import TABLES
from qtwin.jobs.models import Event, Job, Measurement
from qtwin.jobs.selectors import measurements_valid
from qtwin.jobs.services import measurement_invalidate
from qtwin.projects.models import Dataset, Project
from qtwin.twins.models import Twin
from tests.morse import truth
from workers.archive import read

CITATION = "W. Kolos and L. Wolniewicz, J. Chem. Phys. 49, 404 (1968)"
WAITING = {"source": "mp2", "points": [0.5]}


@pytest.fixture
def busy(
    project: Project,
    user: User,
    submit: Callable[..., Job],
    fitted: Callable[[Project], None],
    measure: Callable[..., Measurement],
) -> Project:
    """Two versions, imported data, shots, a reused job, a bad measurement and a waiting job."""
    for x in (0.5, 0.9, 1.5, 2.3):
        measure("ccsd", x, truth(x) + 0.01)
    Dataset.objects.filter(project=project).update(
        name="=Published", citation=CITATION, licence="CC-BY-4.0"
    )
    exact = submit(source="fci", points=[0.4, 0.7414, 1.1, 1.6, 2.4])
    submit(source="vqe-ideal", points=[0.7, 1.2], shots=100)
    fitted(project)
    submit(source="fci", points=[1.1, 0.7414])
    wrong = exact.measurements.get(row=3)
    measurement_invalidate(measurement=wrong, why="test", by=user)
    fitted(project)
    submit(**WAITING)
    return project


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of a project that was exported and is not here any more.

    Attributes:
        first: What its twin's first version predicted, and ``latest`` the last one.
        contents: Every column of every row that an archive carries.
    """

    project: UUID
    people: tuple[str, ...]
    archive: bytes
    first: dict[str, Any]
    latest: dict[str, Any]
    evidence: list[tuple[Any, ...]]
    contents: dict[str, list[Any]]


_left: list[Left] = []
"""Measuring and fitting take long, so that is done once; an archive needs no database."""


@pytest.fixture
def left(request: pytest.FixtureRequest) -> Left:
    """Of the busy project."""
    if not _left:
        user, api = request.getfixturevalue("user"), request.getfixturevalue("api")
        busy = request.getfixturevalue("busy")
        file = io.BytesIO()
        project_export(busy, file, by=user, licence="CC0-1.0")
        made = Left(
            project=busy.pk,
            people=(user.email, user.name, busy.team.name),
            archive=file.getvalue(),
            first=predict(api, busy.pk, version=1),
            latest=predict(api, busy.pk),
            evidence=evidence(busy.pk),
            contents=contents(busy),
        )
        forget(busy)
        _left.append(made)
    return _left[0]


def evidence(project: Any) -> list[tuple[Any, ...]]:
    """What the twin knows of measurements that count."""
    rows = measurements_valid(project).order_by("pk")
    return [(r.point, r.value, r.std, r.identity, r.draw, r.created_at) for r in rows]


def contents(project: Project) -> dict[str, list[Any]]:
    """Every column of every row that an archive carries."""
    return {table.name: list(table.rows(project).values(*table.columns)) for table in TABLES}


def forget(project: Project) -> None:
    """As if the project had never been in this database, nor its files in this store."""
    Job.objects.update(retry_of=None, replay_of=None)
    gone: list[type[models.Model]] = [Event, *(table.model for table in reversed(TABLES)), Twin]
    for model in gone:
        models.QuerySet(model).delete()
    Project.objects.filter(pk=project.pk).delete()
    shutil.rmtree(Path(settings.DATA_DIR) / "artifacts", ignore_errors=True)


def upload(
    api: APIClient, data: bytes, status: int = 202, query: str = "", *, key: str = ""
) -> Any:
    """Send an archive; what is answered at once."""
    response = api.post(
        f"/api/v1/projects:import{query}",
        data=data,
        content_type="application/zip",
        headers={"Idempotency-Key": key} if key else {},
    )
    assert response.status_code == status, response.content
    return response.json()


def brought(api: APIClient, data: bytes) -> Any:
    """Send an archive and let a worker read it; the project."""
    sent = upload(api, data)
    read(sent["id"], owner="test")
    told = api.get(f"/api/v1/imports/{sent['id']}").json()
    assert told["state"] == "done", told
    return api.get(f"/api/v1/projects/{told['project']}").json()


def predict(api: APIClient, project_id: Any, **more: object) -> dict[str, Any]:
    body = {"observable": "energy", "points": [0.35, 0.8, 1.234, 2.0], **more}
    response = api.post(f"/api/v1/projects/{project_id}/twin:predict", body, format="json")
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer
