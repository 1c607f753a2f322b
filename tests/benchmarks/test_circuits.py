"""Circuit sources: what the platform adds to a sweep, and what a second job saves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import psutil
import pytest

from backends import registry
from backends.schema import RunOptions
from backends.schema.experiment import FloatArray
from backends.simulators import device_circuits
from backends.simulators.device import device, engine
from qtwin.accounts.models import Team, User
from qtwin.jobs.selectors import jobs_due
from qtwin.jobs.services import JobSpec, job_submit
from qtwin.projects.models import Project
from qtwin.projects.services import project_create, source_create
from qtwin.settled import settle
from tests.benchmarks.conftest import Bar
from tests.benchmarks.sweep import POINTS, SOURCE, STEPS, SYSTEM, sweep
from workers.sandbox import ChunkRequest, Finished, Sandbox, shared
from workers.step import step

WORK: dict[str, dict[str, Any]] = {
    "short": {"steps": STEPS, "shots": None},
    "long": {"steps": 8, "shots": 4000},
}
ROUNDS = {"short": 15, "long": 7}


@pytest.fixture
def ising(team: Team, user: User) -> Project:
    project = project_create(team=team, name="Ising", system=SYSTEM, by=user)
    source_create(project=project, by=user, **SOURCE)
    return project


def through_the_platform(
    project: Project, user: User, points: FloatArray, *, steps: int, shots: int | None
) -> None:
    spec = JobSpec(
        source=project.sources.get(name="aer"),
        points=points.tolist(),
        observables=("energy",),
        knobs={"trotter_steps": steps},
        shots=shots,
        seed=1,
        force=True,
    )
    job_submit(project=project, spec=spec, by=user)
    while due := jobs_due(500):
        for job_id in due:
            step(str(job_id), owner="bench")


def cpu(work: Callable[[], object], sandbox: Sandbox | None = None) -> float:
    """CPU seconds of this process and of the sandbox, its ended children included."""
    sandbox = sandbox or shared()
    before = _used(sandbox)
    work()
    return _used(sandbox) - before


def _used(box: Sandbox) -> float:
    outer = psutil.Process(box.pid)
    times = [one.cpu_times() for one in (outer, *outer.children(recursive=True))]
    sandbox = sum(t.user + t.system + t.children_user + t.children_system for t in times)
    return time.process_time() + float(sandbox)


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["short", "long"])
def test_a_sweep_as_one_job_against_the_direct_call(
    case: str, ising: Project, user: User, bar: Bar
) -> None:
    """Exact values take about 0.1 s, sampled ones about 2 s."""
    work = WORK[case]
    aer, options = registry.get("aer"), RunOptions(shots=work["shots"], seed=1)

    def run(points: FloatArray) -> tuple[float, float]:
        """CPU of the platform, and of the direct call."""
        through = partial(through_the_platform, ising, user, points, **work)
        direct = partial(aer.submit, sweep(points, steps=work["steps"]), options, token="bench")
        return cpu(through), cpu(direct)

    run(POINTS[:2])
    settle()  # as a worker that has started
    rounds = [run(POINTS) for _ in range(ROUNDS[case])]
    ratio = float(np.median([ours / theirs for ours, theirs in rounds]))
    took = np.median([theirs for _, theirs in rounds])
    bar(f"1 {case}", ratio, note=f"the call takes {took:.2f} s")


def test_preparing_a_structure_again(bar: Bar) -> None:
    """Compiling for a device, with its noise loaded, against finding what was compiled."""
    fake: Any = registry.get("fake-ibm")
    device("FakeTorino")
    first, second = [], []
    for steps in range(1, 6):
        circuit, bases = _program(steps)
        first.append(_seconds(partial(_prepare, fake, circuit, bases)))
        second.append(_seconds(partial(_prepare, fake, circuit, bases)))
    ratio = float(np.median(np.array(second) / np.array(first)))
    bar("3", ratio)


def _prepare(fake: Any, circuit: Any, bases: Any) -> None:
    found = fake.compiled(circuit, bases, {"device": "FakeTorino"})
    used = device_circuits.used_qubits((one.circuit, one.places) for one in found)
    for one in found:
        device_circuits.placed(one.circuit, one.places, used)


def _program(steps: int) -> Any:
    from backends.methods import programs

    program = programs.prepare(sweep(POINTS[:1], steps=steps), RunOptions(shots=100))
    return program.parts[0].circuit, tuple(group.basis for group in program.groups)


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def test_a_second_noisy_job_of_a_calibration(bar: Bar) -> None:
    """All that the sandbox uses for each, imports aside; a job of another device ends each."""
    ratios = []
    for _ in range(2):
        with Sandbox() as sandbox:
            _run(sandbox, "FakeManilaV2", 1)
            first, second = (cpu(partial(_both, sandbox, seed), sandbox) for seed in (1, 2))
            ratios.append(second / first)
    bar("12", float(np.median(ratios)))


def _both(sandbox: Sandbox, seed: int) -> None:
    _run(sandbox, "FakeTorino", seed)
    _run(sandbox, "FakeManilaV2", 1)


def _run(sandbox: Sandbox, name: str, seed: int) -> None:
    experiment = sweep(POINTS[:1], device=name)
    if name == "FakeManilaV2":
        small = {**SYSTEM, "sites": 2, "state": {**SYSTEM["state"], "initial": "00"}}
        experiment = replace(experiment, system=small)
    options = RunOptions(shots=100, seed=seed)
    request = ChunkRequest(backend="fake-ibm", experiment=experiment, options=options)
    outcome = sandbox.run(request)
    assert isinstance(outcome, Finished), outcome


def test_the_noise_of_eight_qubits_is_built_once(bar: Bar) -> None:
    engine.cache_clear()
    device("FakeTorino")
    used = tuple(range(8))
    first = _seconds(lambda: engine("FakeTorino", used))
    second = _seconds(lambda: engine("FakeTorino", used))
    bar("3 noise", second / first)
