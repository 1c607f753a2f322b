"""What only a server in its own process can show: requests that are there at the same time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from typing import Any

import psutil
import pytest

from tests.integration.rest.served import DATABASE, Served, copy_tables, serving

pytestmark = pytest.mark.django_db  # without one, a session makes no tables to begin with

POSTS = 50
WAITERS, TOKENS = 200, 5
MOST_REST_S, IDLE_PERCENT = 18.0, 15.0
BODY = {"source": "fci", "points": [0.7, 0.9]}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with django_db_blocker.unblock():
        copy_tables(folder / DATABASE)
    with serving(folder, tokens=TOKENS) as one:
        yield one


def test_fifty_parallel_posts_with_one_key_make_one_job(served: Served) -> None:
    place = f"/api/v1/projects/{served.project}/jobs"

    def post(_: int) -> tuple[int, Any]:
        return served.ask("POST", place, BODY, Idempotency_Key="fifty")

    with ThreadPoolExecutor(POSTS) as pool:
        answers = list(pool.map(post, range(POSTS)))
    assert sorted(status for status, _ in answers) == [200] * (POSTS - 1) + [202]
    first = answers[0][1]
    said = ("id", "project", "source", "state", "seed", "points_total", "created_at")
    assert all(body[name] == first[name] for _, body in answers for name in said)
    assert len(served.ask("GET", f"{place}?limit=200")[1]["results"]) == 1


def test_fifty_parallel_posts_with_one_key_make_one_project(served: Served) -> None:
    system = served.ask("GET", f"/api/v1/projects/{served.project}")[1]["system"]
    body = {"name": "once", "system": system}

    def post(_: int) -> tuple[int, Any]:
        return served.ask("POST", "/api/v1/projects", body, Idempotency_Key="fifty")

    with ThreadPoolExecutor(POSTS) as pool:
        answers = list(pool.map(post, range(POSTS)))
    assert sorted(status for status, _ in answers) == [200] * (POSTS - 1) + [201]
    assert all(body == answers[0][1] for _, body in answers)


@pytest.mark.slow
def test_200_requests_that_wait_slow_nobody_and_hold_no_thread(served: Served) -> None:
    body = {**BODY, "points": [0.8]}
    job = served.ask("POST", f"/api/v1/projects/{served.project}/jobs", body)[1]["id"]
    process = psutil.Process(served.pid)

    def wait(number: int) -> tuple[int, float]:
        begun = time.monotonic()
        token = served.tokens[1 + number % (TOKENS - 1)]
        status, _ = served.ask(
            "GET", f"/api/v1/jobs/{job}?wait=30", Authorization=f"Bearer {token}"
        )
        return status, time.monotonic() - begun

    alone = latencies(served, job)
    threads = process.num_threads()
    with ThreadPoolExecutor(WAITERS) as pool:
        waiting = [pool.submit(wait, number) for number in range(WAITERS)]
        rest_of(process)
        beside = latencies(served, job)
        files = [one.path for one in process.open_files() if one.path.endswith("served.sqlite3")]
        held = process.num_threads() - threads
        assert served.ask("POST", f"/api/v1/jobs/{job}:cancel")[0] == 202
        answers = [one.result() for one in waiting]
    assert [status for status, _ in answers] == [200] * WAITERS
    assert held <= 8
    assert len(files) <= 8
    assert p95(beside) < 2 * p95(alone) + 0.05


def rest_of(process: psutil.Process) -> None:
    """Wait until it does next to nothing: each request has looked once, and waits."""
    end = time.monotonic() + MOST_REST_S
    time.sleep(1.0)
    process.cpu_percent()
    while process.cpu_percent(0.5) > IDLE_PERCENT and time.monotonic() < end:
        pass


def latencies(served: Served, job: str) -> list[float]:
    found = []
    for _ in range(40):
        begun = time.monotonic()
        assert served.ask("GET", f"/api/v1/jobs/{job}?fields=id,state")[0] == 200
        found.append(time.monotonic() - begun)
        time.sleep(0.06)
    return found


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]
