"""The loopback vendor, and projects whose sources are at Amazon Braket."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from qtwin.accounts.models import Team, User
from qtwin.accounts.services.credential import credential_store
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project, Unit
from qtwin.projects.services import project_create, source_create, spending_rule_set
from tests.contract.cases import ATOMS
from tests.unit.jobs.spending.purse import USD, grant
from tests.vendors.braket import BraketVendor
from tests.vendors.braket.keys import SECRET

Submit = Callable[..., Job]


@pytest.fixture
def braket(monkeypatch: pytest.MonkeyPatch) -> Iterator[BraketVendor]:
    with BraketVendor() as vendor:
        for name, value in vendor.environment().items():
            monkeypatch.setenv(name, value)
        yield vendor


@pytest.fixture
def atoms(team: Team, user: User) -> Project:
    return project_create(team=team, name="atoms", system=ATOMS, by=user)


@pytest.fixture
def credential(team: Team, user: User) -> None:
    credential_store(team=team, vendor="braket", label="lab", secret=SECRET, by=user)


@pytest.fixture
def purse(project: Project, atoms: Project, user: User) -> None:
    """Paid sources are on, and there are 100 USD in each project."""
    for one in (project, atoms):
        spending_rule_set(project=one, by=user, paid_sources=True, approval_above=100 * USD)
        grant(one, Unit.MONEY, 100 * USD)


@pytest.fixture
def submit(project: Project, atoms: Project, user: User) -> Submit:
    garnet = source_create(
        project=project, name="garnet", role="device", backend="braket", method="vqe", by=user,
        settings={"device": "iqm/Garnet", "circuits": 5},
    )  # fmt: skip
    tight = source_create(
        project=project, name="tight", role="device", backend="braket", method="vqe", by=user,
        settings={"device": "iqm/Garnet", "circuits": 4},
    )  # fmt: skip
    aquila = source_create(
        project=atoms, name="aquila", role="device", backend="aquila", method="ahs", by=user
    )
    chosen = {
        "garnet": (project, garnet),
        "tight": (project, tight),
        "aquila": (atoms, aquila),
    }

    def run(name: str, points: int = 2) -> Job:
        where, source = chosen[name]
        rows = [[0.7 + 0.1 * row] for row in range(points)]
        spec = JobSpec(source=source, points=rows, shots=200)
        return job_submit(project=where, spec=spec, by=user)

    return run
