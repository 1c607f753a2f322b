"""The vendor's own log: nothing is posted while paid sources are off or the backend is stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qtwin.jobs.models import Job, State
from qtwin.projects.models import Project
from tests.faults.vendor.start import Started
from tests.switch import CODES, Switch
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_posted_while_it_is_off(
    sold: Started, submit: Callable[[int], Job], project: Project, code: str
) -> None:
    switch = Switch(code=code, project=project, backend="mock-qpu")
    waiting, halfway = submit(2), submit(3)
    take_steps(halfway)
    assert len(sold.posts) == 1
    switch.turn(on=False)
    assert take_steps(waiting, 5).state == State.QUEUED
    assert (take_steps(halfway, 5).state, halfway.points_done) == (State.QUEUED, 2)
    assert len(sold.posts) == 1
    switch.turn(on=True)
    assert {take_steps(job, 5).state for job in (waiting, halfway)} == {State.DONE}
    assert (len(sold.posts), sold.twice) == (3, 0)
