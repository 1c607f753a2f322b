"""A project whose device is the vendor of the fault tests, without faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import budget_set, source_create, spending_rule_set
from tests.faults.vendor.backend import ADDRESS, BACKENDS
from tests.faults.vendor.faults import Rates
from tests.faults.vendor.start import Started, vendor

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
