"""Numbers of a device age with its calibrations, the same on every rebuild."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backends.device_drift import Ran, drift
from backends.schema import CalibrationSnapshot, GateCalibration, QubitCalibration
from qtwin.accounts.models import Team, User
from qtwin.jobs.models import Calibration, Measurement, Run
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.jobs.services.calibration import calibration_learn
from qtwin.projects.models import Project
from qtwin.projects.services import artifact_put, source_create
from qtwin.twins.evidence import Evidence, evidence_of
from qtwin.twins.models import TwinFit
from qtwin.twins.services import twin_rebuild
from qtwin.twins.services.rebuild import Verdict
from tests.morse import truth

DETAILS = {"qubits_used": [0, 1], "two_qubit_gates": [8]}
RAN = Ran(places=(0, 1), qubits=2, two_qubit_gates=8)
NOW = timezone.now()
MONDAY, TUESDAY = NOW - timedelta(days=2), NOW - timedelta(days=1)


def snapshot(name: str, at: datetime, error: float) -> CalibrationSnapshot:
    qubits = {q: QubitCalibration(reads_1_of_0=0.01, reads_0_of_1=0.02) for q in (0, 1)}
    gate = GateCalibration(name="cx", qubits=(0, 1), error=error)
    return CalibrationSnapshot(
        device="FakeManilaV2", identifier=name, taken_at=at, qubits=qubits, gates=(gate,)
    )


FIRST, SECOND = snapshot("c-1", MONDAY, 0.006), snapshot("c-2", TUESDAY, 0.012)
Make = Callable[..., Measurement]


def seen(team: Team, said: CalibrationSnapshot) -> Calibration:
    return calibration_learn(team=team, backend="fake-ibm", snapshot=said)


@pytest.fixture
def ran(project: Project, user: User, measure: Callable[..., Measurement]) -> Make:
    """A number of the device model that ran under a calibration."""

    def make(x: float, said: CalibrationSnapshot, source: str = "vqe-noisy") -> Measurement:
        spec = JobSpec(source=project.sources.get(name=source), points=[[x]], shots=100)
        job = job_submit(project=project, spec=spec, by=user)
        run = Run.objects.create(
            *(), job=job, attempt=1, start=0, stop=1, backend="fake-ibm", cache_version=1,
            details=DETAILS, raw=artifact_put(project=project, kind="job-result", data=b"{}"),
            started_at=NOW, finished_at=NOW,
        )  # fmt: skip
        return measure(
            *(source, x, truth(x) + 0.05, 0.02), run=run, calibration=seen(project.team, said),
            epoch=said.identifier, mixed_value=-0.3,
        )  # fmt: skip

    return make


def evidence(project: Project) -> Evidence:
    found = evidence_of(project, project.observables.get(name="energy"))
    assert found is not None
    return found


def test_what_ran_before_the_newest_calibration_has_drifted(project: Project, ran: Make) -> None:
    ran(0.7, FIRST)
    ran(0.7, SECOND)
    expected = drift(FIRST, SECOND, RAN)
    assert expected > 0.05
    np.testing.assert_array_equal(evidence(project).observations().drift, [expected, 0.0])


def test_what_the_team_saw_of_the_device_counts_without_any_run(
    project: Project, ran: Make, stranger: User
) -> None:
    ran(0.7, FIRST)
    alone = evidence(project)
    assert alone.observations().drift is None
    seen(stranger.memberships.get().team, SECOND)
    assert evidence(project).observations().drift is None, "another team saw it"
    seen(project.team, replace(SECOND, device="FakeTorino", identifier="t-1"))
    assert evidence(project).observations().drift is None, "it is of another device"
    seen(project.team, SECOND)
    moved = evidence(project)
    np.testing.assert_array_equal(moved.observations().drift, [drift(FIRST, SECOND, RAN)])
    assert moved.digest(0) != alone.digest(0)


def test_a_calibration_after_the_newest_evidence_counts_once_there_is_newer(
    project: Project, ran: Make, measure: Callable[..., Measurement]
) -> None:
    ran(0.7, FIRST)
    later = timezone.now() + timedelta(hours=1)
    seen(project.team, snapshot("c-3", later, 0.02))
    before = evidence(project)
    assert before.observations().drift is None
    fresh = measure("fci", 0.9, truth(0.9))
    Measurement.objects.filter(pk=fresh.pk).update(measured_at=later + timedelta(hours=1))
    found = evidence(project).observations().drift
    assert found is not None
    assert found[0] > 0.0
    assert found[1] == 0.0


def test_amplified_runs_drift_more(project: Project, ran: Make) -> None:
    ran(0.7, FIRST)
    amplified = ran(0.7, FIRST)
    Measurement.objects.filter(pk=amplified.pk).update(knobs={"noise_gain": 3.0})
    seen(project.team, SECOND)
    found = evidence(project).observations().drift
    np.testing.assert_array_equal(
        found, [drift(FIRST, SECOND, replace(RAN, gain=g)) for g in (1, 3)]
    )


def test_an_approximation_does_not_age(project: Project, ran: Make) -> None:
    source_create(
        project=project, name="model", role="approximation", backend="fake-ibm", method="vqe",
        by=None,
    )  # fmt: skip
    ran(0.7, FIRST, source="model")
    seen(project.team, SECOND)
    assert evidence(project).observations().drift is None


@pytest.mark.slow
def test_a_version_keeps_the_calibrations_that_aged_it_and_is_rebuilt_from_them(
    project: Project,
    ran: Make,
    measure: Callable[..., Measurement],
    assimilated: Callable[[], TwinFit],
    api: APIClient,
) -> None:
    for x in (0.5, 0.9, 1.4, 2.2):
        measure("fci", x, truth(x))
    ran(0.7, FIRST)
    ran(1.1, FIRST)
    seen(project.team, SECOND)
    fit = assimilated()
    (told,) = fit.ageing
    assert (told["identifier"], told["sha256"]) == ("c-2", SECOND.digest)
    path = f"/api/v1/projects/{project.pk}/twin/versions/{fit.version.number}"
    assert api.get(path).json()["fits"][0]["ageing"] == fit.ageing
    seen(project.team, snapshot("c-3", TUESDAY + timedelta(hours=1), 0.02))
    assert twin_rebuild(fit).verdict is Verdict.IDENTICAL
    Calibration.objects.filter(identifier="c-2").delete()
    assert twin_rebuild(fit).verdict is Verdict.IMPOSSIBLE


@pytest.mark.usefixtures("whole_fits")
def test_ageing_widens_what_is_believed_of_the_device_alone(
    project: Project, ran: Make, assimilated: Callable[[], TwinFit], api: APIClient
) -> None:
    for x in (0.5, 0.7, 0.9, 1.4, 2.2):
        ran(x, FIRST)

    def std() -> float:
        assimilated()
        body: dict[str, Any] = {"observable": "energy", "points": [0.8]}
        path = f"/api/v1/projects/{project.pk}/twin:predict"
        return float(api.post(path, body, format="json").json()["std"][0])

    before = std()
    seen(project.team, SECOND)
    project.refresh_from_db()
    Project.objects.filter(pk=project.pk).update(evidence=project.evidence + 1)
    assert std() > before
