"""The sweeper gives no more hints at jobs than there are jobs that wait for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from celery import Celery

from infra.scale.measuring.messages import valkey
from qtwin.accounts.ids import new_id
from workers import dispatch, sweeper, unheard
from workers.queues import IO, JOBS


def test_only_hints_that_are_wanting_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def advance(job_id: str) -> None:
        sent.append(job_id)

    waiting = {JOBS: 2}
    monkeypatch.setattr(dispatch, "advance", advance)
    monkeypatch.setattr(sweeper, "unheard", waiting.__getitem__)
    due = [new_id() for _ in range(5)]
    told = sweeper.Sweeper()
    assert told._send_turns(due) == 3
    assert sent == [str(one) for one in due[:3]]
    waiting[JOBS] = 5
    assert told._send_turns(due) == 0
    waiting[JOBS] = 0
    assert told._send_turns(due) == 2, "those not hinted at a moment ago"
    assert sent == [str(one) for one in due]
    assert told._send_turns([]) == 0


def test_a_queue_of_other_messages_does_not_withhold_hints_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []

    def advance(job_id: str) -> None:
        sent.append(job_id)

    now = [100.0]
    monkeypatch.setattr(dispatch, "advance", advance)
    monkeypatch.setattr(sweeper, "unheard", lambda _: 1000)
    monkeypatch.setattr("workers.sweeper.time.monotonic", lambda: now[0])
    told, due = sweeper.Sweeper(), [new_id(), new_id()]
    for _ in range(2):
        now[0] += 0.6 * sweeper.WITHHELD_S
        first = told._send_turns(due)
    assert first == 2
    assert sent == [str(one) for one in due]
    now[0] += 0.6 * sweeper.WITHHELD_S
    assert told._send_turns(due) == 0


def test_what_waits_is_counted_by_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with valkey(tmp_path) as (url, _):
        app = Celery("unheard", broker=url, set_as_current=False)
        app.conf.broker_transport_options = {"max_retries": 1, "socket_connect_timeout": 2}
        monkeypatch.setattr(unheard, "app", app)
        assert unheard.unheard(JOBS) == 0
        for _ in range(3):
            app.send_task("any", (), queue=JOBS)
        assert (unheard.unheard(JOBS), unheard.unheard(IO)) == (3, 0)
    assert unheard.unheard(JOBS) == 0, "the broker is gone"
    app.close()
