"""The demo campaign: post its jobs, follow them to their end, wait for the twin."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from qtwin.serve.client import Client
from qtwin.serve.errors import CannotGoOn
from qtwin.serve.terminal import SourceBars, Terminal

POLL_S = 0.5
TWIN_S = 600.0
ENDED = frozenset({"succeeded", "failed", "cancelled", "held"})


def submit_all(client: Client, jobs: list[dict[str, Any]]) -> list[str]:
    """Post every job; their keys make a second time harmless. Returns their ids."""
    return [str(client.submit(job["idempotency_key"], job["body"])["id"]) for job in jobs]


def follow(
    client: Client, ids: list[str], terminal: Terminal, tick: Callable[[], None]
) -> list[dict[str, Any]]:
    """Show the progress of the jobs until all have ended; returns their last rows."""
    wanted = set(ids)
    with SourceBars(terminal) as bars:
        while True:
            jobs = [job for job in client.jobs() if job["id"] in wanted]
            bars.update(jobs)
            if all(job["state"] in ENDED for job in jobs):
                return jobs
            tick()
            time.sleep(POLL_S)


def settled_twin(client: Client, tick: Callable[[], None]) -> dict[str, Any]:
    """The twin, once it has taken in everything.

    Raises:
        CannotGoOn: If that takes too long.
    """
    deadline = time.monotonic() + TWIN_S
    while True:
        twin = client.twin()
        version = twin["version"]
        if version and twin["up_to_date"]:
            return twin
        if time.monotonic() > deadline:
            raise CannotGoOn(f"The twin took in no evidence: {twin.get('problem') or 'too slow'}")
        tick()
        time.sleep(POLL_S)
