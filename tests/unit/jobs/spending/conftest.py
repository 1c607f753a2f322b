"""A project with a source that costs 0.30 USD, 2.5 QPU seconds and its shots a point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backends import registry
from qtwin.accounts.models import User
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Budget, Project, Unit
from qtwin.projects.services import source_create, spending_rule_set
from tests import memory_vendor
from tests.memory_vendor import Vendor
from tests.unit.jobs.spending.purse import USD, grant


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Vendor:
    monkeypatch.setitem(registry.BUILTIN, "paid", "tests.paid_vendor:PaidBackend")
    return memory_vendor.reset()


@pytest.fixture
def budget(project: Project, user: User) -> Budget:
    """Paid sources are on, and there are 3 USD."""
    spending_rule_set(project=project, by=user, paid_sources=True)
    return grant(project, Unit.MONEY, 3 * USD)


@pytest.fixture
def submit(vendor: Vendor, project: Project, user: User) -> Callable[..., Job]:
    source = source_create(
        project=project, name="qpu", role="device", backend="paid", method="vqe", by=user
    )

    def run(points: int = 2, *, by: User = user, **more: Any) -> Job:
        rows = [[0.5 + 0.1 * row] for row in range(points)]
        spec = JobSpec(source=source, points=rows, shots=100)
        return job_submit(project=project, spec=spec, by=by, **more)

    return run
