"""Jobs by the SDK: submit, wait, read arrays."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import numpy as np
import pytest

from qtwin.client import Client, JobFailed, Refused, TookTooLong
from qtwin.jobs.models import Job, Measurement
from qtwin.projects.models import Project

LENGTHS = [0.5, 0.7414, 1.1]


def test_a_job_becomes_arrays_in_the_order_of_its_points(client: Client, project: Project) -> None:
    job = client.project("h2").submit(source="fci", points=np.array(LENGTHS))
    assert job.row.state == "queued"
    result = job.result()
    assert result.points.tolist() == [[x] for x in LENGTHS]
    assert result["energy"][1] == pytest.approx(-1.137270, abs=1e-6)
    kept = {row.point[0]: row.value for row in Measurement.objects.filter(job=UUID(job.id))}
    assert result["energy"].tolist() == [kept[x] for x in LENGTHS]
    assert result.std.tolist() == [[0.0]] * 3
    assert result.units == ("hartree",)


def test_a_job_is_taken_up_by_its_id(client: Client, project: Project) -> None:
    made = client.project(str(project.pk)).submit(source="hf", points=0.9)
    again = client.job(made.id)
    assert again.status().state == "queued"
    assert len(again.result().values) == 1
    assert made.status().state == "succeeded"


def test_waiting_tells_progress_and_stops_asking_more_and_more_rarely(
    client: Client, project: Project, paused: list[float]
) -> None:
    states = []
    job = client.project("H2").submit(source="hf", points=LENGTHS)
    job.wait(progress=lambda row: states.append((row.state, row.points_done)))
    assert states[0] == ("queued", 0)
    assert states[-1] == ("succeeded", 3)


def test_waiting_ends_in_time_and_the_job_goes_on(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qtwin.client.wire.drive.sleep", lambda seconds: None)
    job = client.project("H2").submit(source="hf", points=LENGTHS)
    with pytest.raises(TookTooLong, match="it goes on"):
        job.wait(timeout=0.05)
    assert job.status().state == "queued"


def test_a_cancelled_job_has_no_result(client: Client, project: Project) -> None:
    job = client.project("H2").submit(source="hf", points=LENGTHS)
    job.cancel()
    with pytest.raises(JobFailed) as failed:
        job.result()
    assert failed.value.row.state == "cancelled"
    assert len(job.retry().document["id"]) == 36


def test_a_refusal_names_the_field(client: Client, project: Project) -> None:
    with pytest.raises(Refused) as refused:
        client.project("H2").submit(source="nope", points=[0.5])
    (field,) = refused.value.errors
    assert field.pointer == "/source"
    assert "allowed: hf, mp2" in field.detail
    assert Job.objects.count() == 0


def test_what_is_no_number_is_not_sent(client: Client, project: Project) -> None:
    with pytest.raises(ValueError, match="allowed: finite numbers"):
        client.project("H2").submit(source="hf", points=[float("nan")])


def test_knobs_and_shots_go_along_and_come_back(client: Client, project: Project) -> None:
    job = client.project("H2").submit(
        source="vqe-noisy", points=[0.7, 0.7], knobs={"noise_gain": np.array([1, 3])}, shots=200
    )
    assert job.status().shots == 200
    assert job.status().knob_values.tolist() == [[1.0], [3.0]]


def test_jobs_are_listed_page_by_page(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qtwin.client.wire.pages.PAGE", 2)
    h2 = client.project("H2")
    made = [h2.submit(source="hf", points=x, key=f"k{x}").id for x in (0.4, 0.5, 0.6, 0.7, 0.8)]
    assert [row.id for row in h2.jobs()] == made[::-1]
    assert [row.id for row in client.jobs(state="queued")] == made[::-1]
    assert [row.id for row in h2.jobs(state="failed")] == []


def test_the_same_key_is_the_same_job(client: Client, project: Project) -> None:
    h2 = client.project("H2")
    first, again = (h2.submit(source="hf", points=0.5, key="mine") for _ in range(2))
    assert first.id == again.id


@pytest.fixture
def _measured(client: Client, project: Project, work: Callable[[], None]) -> None:
    client.project("H2").submit(source="hf", points=LENGTHS)
    work()


@pytest.mark.usefixtures("_measured")
def test_measurements_are_arrays_and_tables(client: Client) -> None:
    found = client.project("H2").measurements(source="hf")
    assert sorted(found.points[:, 0].tolist()) == LENGTHS
    assert len(found.of(source="fci")) == 0
    frame = found.to_pandas()
    assert list(frame["bond_length"]) == found.points[:, 0].tolist()
    assert list(frame["value"]) == found.values.tolist()
    one = client.invalidate(found.rows[0].id, why="a test")
    assert not one.valid
    assert client.restore(one.id, why="the test is over").valid
