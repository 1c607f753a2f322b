"""The vendor's own log: nothing is posted while paid sources are off or the backend is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import Job, State
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import budget_set, source_create, spending_rule_set
from tests.faults.vendor.backend import ADDRESS, BACKENDS
from tests.faults.vendor.faults import Rates
from tests.faults.vendor.start import Started, vendor
from tests.switch import CODES, Switch
from tests.unit.jobs.stepping import take_steps

pytestmark = pytest.mark.django_db

USD = 1_000_000


@pytest.fixture
def sold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """A vendor that ends every task at once."""
    for name, target in BACKENDS.items():
        monkeypatch.setitem(registry.BUILTIN, name, target)
    with vendor(tmp_path, Rates.calm(), seed=1) as started:
        monkeypatch.setenv(ADDRESS, started.address)
        yield started


@pytest.fixture
def submit(sold: Started, project: Project, user: User) -> Callable[[int], Job]:
    spending_rule_set(project=project, by=user, paid_sources=True)
    budget_set(
        scope=project, unit=Unit.MONEY, period=Period.TOTAL, limit=9 * USD, per_job=None, by=user
    )
    source = source_create(
        project=project, name="qpu", role="device", backend="mock-qpu", method="vqe", by=user
    )

    def run(points: int) -> Job:
        rows = [[0.5 + 0.1 * row] for row in range(points)]
        spec = JobSpec(source=source, points=rows, shots=100)
        return job_submit(project=project, spec=spec, by=user)

    return run


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
