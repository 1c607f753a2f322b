"""What the platform adds to a computation: one job of many points against the direct call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np
import pytest

from backends import registry
from backends.schema import Experiment, RunOptions
from qtwin.accounts.models import User
from qtwin.jobs.selectors import jobs_due
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.demo.h2 import SYSTEM
from qtwin.projects.models import Project
from tests.benchmarks.conftest import Bar
from workers.step import step

POINTS = [[round(float(x), 6)] for x in np.linspace(0.3, 2.5, 200)]


def run(project: Project, user: User, points: list[list[float]]) -> None:
    spec = JobSpec(source=project.sources.get(name="fci"), points=points, seed=1, force=True)
    job_submit(project=project, spec=spec, by=user)
    while due := jobs_due(500):
        for job_id in due:
            step(str(job_id), owner="bench")


def direct() -> None:
    experiment = Experiment(
        system=json.loads(json.dumps(SYSTEM)),
        method="fci",
        controls=("bond_length",),
        points=np.array(POINTS),
        observables=("energy",),
    )
    registry.get("pyscf").submit(experiment, RunOptions(seed=1), token="bench")


def wall(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return float(time.perf_counter() - began)


@pytest.mark.django_db
def test_a_sweep_as_one_job_against_the_direct_call(project: Project, user: User, bar: Bar) -> None:
    run(project, user, POINTS[:2])
    direct()
    ratios = [wall(lambda: run(project, user, POINTS)) / wall(direct) for _ in range(5)]
    bar("200 points as one job / the direct call, wall", float(np.median(ratios)), at_most=1.35)


@pytest.mark.django_db
def test_a_sweep_as_one_job_against_many(project: Project, user: User, bar: Bar) -> None:
    run(project, user, POINTS[:2])
    ratios = [
        wall(lambda: run(project, user, POINTS))
        / (5 * wall(lambda: run_each(project, user, POINTS[:40])))
        for _ in range(5)
    ]
    ratio = float(np.median(ratios))
    bar("200 points as one job / as 200 jobs, wall", ratio, at_most=1 / 15)


def run_each(project: Project, user: User, points: list[list[float]]) -> None:
    for point in points:
        run(project, user, [point])
