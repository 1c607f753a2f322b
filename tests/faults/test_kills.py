"""kill -9 of the worker or of the broker loses nothing and repeats at most one chunk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.campaign import outlive
from tests.faults.stack import Running, running

pytestmark = pytest.mark.slow
"""`test_chaos` kills the same, with jobs that take no engine and no fit."""

POINTS = [round(0.3 + 0.02 * step, 4) for step in range(110)]


@pytest.fixture(scope="module")
def qtwin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("qtwin"), workers=1) as stack:
        yield stack


def progress(qtwin: Running, job_id: str) -> list[int]:
    """Points done after each committed chunk."""
    events = qtwin.rows(f"/api/v1/jobs/{job_id}/events")
    return [event["data"]["points_done"] for event in events if "points_done" in event["data"]]


def under_way(qtwin: Running, job_id: str) -> bool:
    job = qtwin.job(job_id)
    return bool(0 < job["points_done"] < job["points_total"])


def check_whole(qtwin: Running, job_ids: list[str]) -> None:
    """Every point measured once, every chunk committed once, in order."""
    for job_id in job_ids:
        job = qtwin.job(job_id)
        assert job["state"] == "succeeded", job
        rows = qtwin.rows(f"/api/v1/jobs/{job_id}/measurements")
        assert sorted(row["point"] for row in rows) == sorted(job["points"])
        steps = progress(qtwin, job_id)
        assert steps == sorted(set(steps))
        assert steps[-1] == job["points_total"]


def submit(qtwin: Running, seed: int) -> list[str]:
    noisy = {"shots": 200, "seed": seed, "knobs": {"noise_gain": 3}}
    return [
        qtwin.submit(source="ccsd", points=POINTS, force=True),
        qtwin.submit(source="vqe-noisy", points=POINTS[::4], **noisy),
    ]


def test_killing_the_worker_loses_nothing_and_repeats_at_most_one_chunk(qtwin: Running) -> None:
    jobs = submit(qtwin, seed=1)
    qtwin.wait(lambda: any(under_way(qtwin, job) for job in jobs))
    qtwin.kill("worker")
    qtwin.wait(lambda: qtwin.ended(jobs))
    check_whole(qtwin, jobs)
    attempts = [attempt for job in jobs for attempt in qtwin.job(job)["attempts"]]
    lost = [attempt for attempt in attempts if attempt["outcome"] == "lost"]
    assert len(lost) <= 1, "one worker process holds one chunk, and only that one is repeated"


def test_killing_the_broker_loses_nothing_and_repeats_nothing(qtwin: Running) -> None:
    jobs = submit(qtwin, seed=2)
    qtwin.wait(lambda: any(under_way(qtwin, job) for job in jobs))
    qtwin.kill("broker")
    late = qtwin.submit(source="fci", points=[0.5, 0.9])
    qtwin.wait(lambda: qtwin.ended([*jobs, late]))
    check_whole(qtwin, [*jobs, late])
    for job in [*jobs, late]:
        assert [attempt["outcome"] for attempt in qtwin.job(job)["attempts"]] == ["done"]


def test_killing_the_sweeper_and_the_web_loses_nothing(qtwin: Running) -> None:
    job = qtwin.submit(source="fci", points=[0.6, 1.2])
    qtwin.kill("sweeper")
    qtwin.kill("web")
    qtwin.wait(lambda: qtwin.supervisor.services[1].alive and qtwin.answers())
    qtwin.wait(lambda: qtwin.ended([job]))
    check_whole(qtwin, [job])


def test_killing_everything_repeats_nothing_of_a_campaign(qtwin: Running) -> None:
    outlive(qtwin, points=48, chunk_points=3, killed_at=[0.1])


def test_the_twin_takes_in_everything_in_the_end(qtwin: Running) -> None:
    qtwin.wait(lambda: qtwin.twin()["up_to_date"])
    twin = qtwin.twin()
    assert twin["version"]["measurements"] == twin["evidence"]
    assert twin["version"]["measurements"] == len(qtwin.rows(f"{qtwin.project}/measurements"))
