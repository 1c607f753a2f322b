"""The heartbeat of a lease."""

from __future__ import annotations

import threading

from django.db import OperationalError

from workers.heartbeat import heartbeat


def test_a_database_that_is_busy_once_is_asked_again() -> None:
    beats: list[int] = []
    enough = threading.Event()

    def renew() -> bool:
        beats.append(len(beats))
        if len(beats) == 1:
            raise OperationalError("database table is locked")
        enough.set()
        return True

    with heartbeat(renew, every_s=0.01):
        assert enough.wait(10)
    assert len(beats) >= 2


def test_a_lost_lease_ends_the_beats() -> None:
    beats: list[int] = []
    first = threading.Event()

    def renew() -> bool:
        beats.append(len(beats))
        first.set()
        return False

    with heartbeat(renew, every_s=0.01):
        assert first.wait(10)
        threading.Event().wait(0.1)
    assert len(beats) == 1
