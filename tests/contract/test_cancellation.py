"""Cancelling ends a computation at once, whatever engine it is in the middle of."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from backends import registry
from backends.schema import Experiment, RunOptions
from tests.contract.cases import LOCAL, experiment_of
from workers.sandbox import Cancelled, ChunkRequest, Finished, Sandbox

PATIENCE_S = 0.6
LONG_S = 60.0
MOST_POINTS = 100_000


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(tick_s=0.05) as box:
        yield box


def long_experiment(name: str, method: str, options: RunOptions) -> Experiment:
    """The case's points over and over, until they are estimated to take a minute."""
    backend, plain = registry.get(name), experiment_of(method)
    seconds = backend.estimate(plain, options).seconds / len(plain.points)
    copies = min(int(LONG_S / seconds) + 1, MOST_POINTS) // len(plain.points) + 1
    return experiment_of(method, points=np.tile(plain.points, (copies, 1)))


@pytest.mark.parametrize("name", LOCAL)
def test_a_computation_is_cancelled_in_its_middle(name: str, box: Sandbox) -> None:
    able = registry.get(name).capabilities
    options = RunOptions(shots=None if able.exact else 200, seed=1)
    request = ChunkRequest(
        backend=name,
        experiment=long_experiment(name, able.methods[0], options),
        options=options,
    )
    began = time.monotonic()
    outcome = box.run(request, on_tick=lambda: time.monotonic() - began < PATIENCE_S)
    took = time.monotonic() - began
    assert outcome == Cancelled(), outcome
    assert took < PATIENCE_S + 5.0  # a zygote in the middle of an import is killed after its grace
    small = ChunkRequest(
        backend=name, experiment=experiment_of(able.methods[0]).rows(0, 1), options=options
    )
    assert isinstance(box.run(small), Finished)
    busy = [p for p in psutil.Process(box.pid).children(recursive=True) if p.cpu_percent(0.05) > 50]
    assert not busy
