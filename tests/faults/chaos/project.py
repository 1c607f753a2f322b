"""The project of the chaos runs and its jobs: the same ones in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from qtwin.accounts.models import User
from qtwin.accounts.services import team_create
from qtwin.jobs.models import Job
from qtwin.jobs.services import JobSpec, request_submit
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Period, Project, Unit
from qtwin.projects.services import (
    budget_set,
    project_create,
    source_create,
    spending_rule_set,
)
from tests.faults.vendor.answers import cost_micro_usd

LIMIT = 10**12
SOURCES = (("exact", "reference", 100_000), ("device", "device", 2000))


def make(backend: str) -> tuple[Project, User]:
    """A project with a reference and a device at one vendor, and money for its jobs."""
    user = User.objects.create_user("ada@example.org", "Ada")
    team = team_create(name="Ada's team", owner=user)
    project = project_create(team=team, name="H2", system=SYSTEM, by=user)
    for name, role, _ in SOURCES:
        source_create(
            project=project,
            by=user,
            name=name,
            label=name,
            role=role,
            backend=backend,
            method="vqe",
            settings={},
        )
    spending_rule_set(project=project, by=user, paid_sources=True, approval_above=LIMIT)
    budget_set(
        scope=project, unit=Unit.MONEY, period=Period.TOTAL, limit=LIMIT, per_job=None, by=user
    )
    return project, user


def cost_of_one() -> int:
    """Micro-USD of a job of one point and 1000 shots."""
    return cost_micro_usd({"points": [[0.0]]}, shots=1000)


def specs(project: Project, jobs: int) -> Iterator[JobSpec]:
    """Jobs of one to three points; every third one needs two submissions."""
    sources = {name: project.sources.get(name=name) for name, *_ in SOURCES}
    for number in range(jobs):
        name, _, shots = SOURCES[number % 2]
        first = 0.35 + 2.0 * number / jobs
        points = [[round(first + 0.0037 * step, 6)] for step in range(1 + number % 3)]
        yield JobSpec(source=sources[name], points=points, shots=shots, seed=number)


def submit_all(project: Project, user: User, jobs: int, *, key: str = "chaos") -> None:
    """Post every job twice under one key, as a client does that got no answer."""
    for number, spec in enumerate(specs(project, jobs)):
        seen = [
            request_submit(
                project=project,
                specs=[lambda spec=spec: spec],  # type: ignore[misc]  # bound at once
                by=user,
                key=f"{key}-{number}",
                body_sha256=hashlib.sha256(str(number).encode()).hexdigest(),
            )
            for _ in range(2)
        ]
        first, second = (outcome.job for (outcome,) in seen)
        assert isinstance(first, Job), seen
        assert first == second
