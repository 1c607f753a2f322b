"""The last stage of a transfer report: an ordinary job, in a project of the policy's schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Job
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, source_create
from qtwin.training.models import TransferReport
from qtwin.training.selectors import reports_due
from tests.integration.worlds import LEARNER, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ATOMS: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 3,
    "spacing": 6.0,
}
PROJECT = {
    **ATOMS,
    "rabi": {"times": [0, 0.2, 0.8, 1.0], "values": [0, 15, 15, 0]},
    "detuning": {"times": [0, 0.2, 0.8, 1.0], "values": [-20, -20, "final", "final"]},
    "state": {"kind": "evolved"},
    "controls": [{"name": "final", "unit": "rad/us", "lower": -20.0, "upper": 60.0}],
}
WORLD = {
    "kind": "control",
    "schema_version": 1,
    "system": ATOMS,
    "schedule": {
        "duration": 1.5,
        "segments": 4,
        "controls": {
            "rabi": {"lower": 0, "upper": 15.8, "ends": [0, 0]},
            "detuning": {"lower": -30, "upper": 50},
        },
    },
    "goal": {"measure": "z2_probability"},
    "shots": 50,
}


@pytest.fixture
def chain(team: Team, user: User) -> Project:
    project = project_create(team=team, name="Chain", system=PROJECT, by=user)
    source_create(
        project=project, name="analog", role="device", backend="braket-ahs", method="ahs", by=user
    )
    return project


def test_a_schedule_becomes_a_job_whose_shots_are_the_last_stage(
    chain: Project, api: APIClient, work_jobs: Callable[[], None]
) -> None:
    def post(path: str, body: object) -> dict[str, Any]:
        answer = api.post(f"/api/v1/{path}", body, format="json")
        assert answer.status_code == 202, answer.content
        work()
        found: dict[str, Any] = answer.json()
        return found

    def get(path: str) -> dict[str, Any]:
        found: dict[str, Any] = api.get(f"/api/v1/{path}").json()
        return found

    world = post(f"projects/{chain.pk}/worlds", {"name": "z2", "document": WORLD})
    run = post(
        f"worlds/{world['id']}/training-runs", {"learner": LEARNER, "seed": 1, "evaluations": 1500}
    )
    done = get(f"training-runs/{run['id']}")
    assert done["state"] == "done", done
    body = {
        "stages": ["nominal", "qpu"],
        "episodes": 4,
        "qpu": {"source": "analog", "shots": 400},
    }
    asked = post(f"policies/{done['policy']}/transfer-reports", body)
    waiting = get(f"transfer-reports/{asked['id']}")
    assert waiting["state"] == "waiting", waiting["reason"]
    assert [row["name"] for row in waiting["document"]["stages"]] == ["nominal"]
    job = Job.objects.get(pk=waiting["job"])
    assert str(job.project_id) == waiting["transfer_project"]
    assert job.project.team_id == chain.team_id
    assert job.points == [[0.0]]
    assert reports_due(9) == []  # it looks again in a second
    work_jobs()
    TransferReport.objects.update(next_run_at="1970-01-01T00:00:00Z")
    work()
    found = get(f"transfer-reports/{asked['id']}")
    assert found["state"] == "done", found["reason"]
    nominal, device = found["document"]["stages"]
    assert (device["name"], device["shots"]) == ("qpu", 400)
    assert device["lower"] <= nominal["value"] <= device["upper"]  # Braket, our own dynamics
    again = post(f"policies/{done['policy']}/transfer-reports", body)
    second = get(f"transfer-reports/{again['id']}")
    assert second["transfer_project"] == found["transfer_project"]
    assert second["job"] != found["job"]
    refused = post(
        f"policies/{done['policy']}/transfer-reports",
        body | {"qpu": {"source": "evolution", "shots": 400}},
    )
    row = get(f"transfer-reports/{refused['id']}")
    assert (row["state"], row["field"]) == ("failed", "/qpu/source")
    assert api.post(f"/api/v1/transfer-reports/{again['id']}:cancel").status_code == 202
    work()
    assert get(f"transfer-reports/{again['id']}")["state"] == "cancelled"
    assert Job.objects.get(pk=second["job"]).cancel_requested_at is not None


@pytest.fixture
def work_jobs(work: Callable[[], None]) -> Callable[[], None]:
    """The job queue's work; `work` here is that of worlds."""
    return work
