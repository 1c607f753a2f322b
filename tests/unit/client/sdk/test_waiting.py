"""Waiting: by a long poll where there is one, else with pauses that grow."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from qtwin.client import Client, Refused, TookTooLong, Unreachable
from qtwin.client.remote.job import Job
from qtwin.client.rows.job import JobRow
from tests.unit.client.sdk.conftest import JOB, URL, Server, problem

DONE = {**JOB, "state": "succeeded", "points_done": 3}


@pytest.fixture
def job(transport: httpx.MockTransport) -> Job:
    client = Client(URL, "qt_a.b", transport=transport)
    return Job(client._driver, JobRow.read(JOB))


def test_pauses_grow_while_nothing_happens_and_begin_anew_when_something_does(
    job: Job, server: Server, pauses: list[float]
) -> None:
    further = {**JOB, "state": "running", "points_done": 1}
    server.say(*[JOB] * 6, *[further] * 2, DONE)
    assert job.wait().state == "succeeded"
    assert pauses[:6] == sorted(pauses[:6])
    assert pauses[5] > 3 * pauses[0]
    assert pauses[6] < pauses[1]


def test_a_long_poll_is_asked_again_at_once(
    job: Job, server: Server, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000, 30))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    server.say(JOB, JOB, JOB, DONE)
    job.wait()
    assert [dict(one.url.params) for one in server.asked] == [{}, *[{"wait": "30"}] * 3]
    assert pauses == []


def test_news_are_what_differs_from_what_was_seen(
    job: Job, server: Server, pauses: list[float]
) -> None:
    tagged = httpx.Response(200, json=JOB, headers={"ETag": '"one"'})
    server.say(tagged, httpx.Response(304), httpx.Response(304), DONE)
    rows: list[str] = []
    job.wait(progress=lambda row: rows.append(row.state))
    assert rows == ["queued", "queued", "queued", "succeeded"]
    tags = [one.headers.get("If-None-Match") for one in server.asked]
    assert tags == [None, *['"one"'] * 3]
    assert pauses == sorted(pauses)


def test_a_server_without_long_polls_is_asked_without(job: Job, server: Server) -> None:
    server.say(JOB, problem(400, "?wait"), JOB, JOB, DONE)
    job.wait()
    waits = ["wait" in one.url.params for one in server.asked]
    assert waits == [False, True, False, False, False]


def test_an_approver_types_the_amount(job: Job, server: Server) -> None:
    server.say({**JOB, "state": "queued"})
    job.approve(confirm="12.50")
    (asked,) = server.asked
    assert asked.url.path == f"/api/v1/jobs/{JOB['id']}:approve"
    assert server.bodies() == [{"confirm": "12.50"}]


def test_another_refusal_ends_it(job: Job, server: Server) -> None:
    server.say(JOB, problem(400, "?other"))
    with pytest.raises(Refused):
        job.wait()


def test_a_server_that_is_started_anew_does_not_end_a_long_wait(job: Job, server: Server) -> None:
    server.say(JOB, *[httpx.ConnectError("refused")] * 8, DONE)
    assert job.wait().state == "succeeded"


def test_one_that_stays_away_does(
    job: Job, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qtwin.client.wire.wait.PATIENCE_S", 0.0)
    server.say(JOB, httpx.ConnectError("refused"))
    with pytest.raises(Unreachable, match="refused after"):
        job.wait()


def test_a_held_job_is_waited_for_no_longer(job: Job, server: Server) -> None:
    server.say({**JOB, "state": "held", "reason": "look"})
    assert job.wait().reason == "look"


def test_time_that_is_over_is_not_spent(job: Job, server: Server, pauses: list[float]) -> None:
    server.say(JOB)
    with pytest.raises(TookTooLong, match="not done after 0 s"):
        job.wait(timeout=0)
    assert pauses == []


def test_an_interrupted_wait_leaves_no_bar_behind(
    job: Job, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    class Bar:
        def __enter__(self) -> Any:
            return lambda row: None

        def __exit__(self, *_: object) -> None:
            ended.append("bar")

    monkeypatch.setattr("qtwin.client.wire.drive.sleep", interrupt)
    monkeypatch.setattr("qtwin.client.remote.job.shown", lambda progress, title: Bar())
    server.say(JOB)
    with pytest.raises(KeyboardInterrupt) as interrupted:
        job.wait()
    assert ended == ["bar"]
    assert interrupted.traceback, "which keeps what was left open alive until here"
