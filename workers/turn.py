"""One free worker, one step."""

from __future__ import annotations

from itertools import islice

from qtwin.jobs.turns import turns
from workers.step import step

TRIES = 3
"""Other workers may be after the same turn."""
LOOKS = 5
"""Whoever loses each of those looks again: its hint may have been the last one of a job."""


def take_turn(hinted: str, *, owner: str) -> None:
    """Take a step of the job whose turn it is, or else of the one that the hint names.

    When nobody has a turn, nothing is due, the hinted job neither.
    """
    for _ in range(LOOKS):
        tried = False
        for job_id in islice(turns(), TRIES):
            if step(str(job_id), owner=owner):
                return
            tried = True
        if not tried:
            return
    step(hinted, owner=owner)
