"""What the zygote loads once for all chunks, without a thread, and what a call then costs."""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import pytest

from backends.schema import Experiment, RunOptions
from tests.unit.workers.sandbox.asking import BACKENDS, H2, ask, family_of
from workers.sandbox import ChunkRequest, Finished, Limits, Sandbox


def test_settings_are_prepared_once_for_all_chunks() -> None:
    with Sandbox(backends=BACKENDS) as sandbox:
        for _ in range(3):
            outcome = sandbox.run(ask("preparations"))
            assert isinstance(outcome, Finished), outcome
            assert outcome.result.provenance.details["prepared"] == 1


def test_a_devices_noise_model_is_built_in_the_zygote_without_a_thread() -> None:
    experiment = Experiment(
        system=H2,
        method="vqe",
        controls=("bond_length",),
        points=np.array([[0.7414]]),
        observables=("energy",),
        settings={"device": "FakeManilaV2"},
    )
    options = RunOptions(shots=100, seed=1)
    with Sandbox() as sandbox:
        outcome = sandbox.run(
            ChunkRequest(backend="fake-ibm", experiment=experiment, options=options)
        )
        assert isinstance(outcome, Finished), outcome
        assert family_of(sandbox)[-1].num_threads() == 1


def test_pyscf_runs_inside_and_leaves_the_zygote_single_threaded() -> None:
    experiment = Experiment(
        system=H2,
        method="ccsd",
        controls=("bond_length",),
        points=np.array([[0.7414]]),
        observables=("energy",),
    )
    request = ChunkRequest(backend="pyscf", experiment=experiment, options=RunOptions())
    with Sandbox() as sandbox:
        outcome = sandbox.run(request)
        assert isinstance(outcome, Finished), outcome
        assert outcome.result.values[0, 0] == pytest.approx(-1.137270, abs=1e-6)
        zygote = family_of(sandbox)[-1]
        assert zygote.num_threads() == 1
        assert zygote.memory_info().vms < Limits().memory_bytes / 2


def test_a_warm_call_costs_less_than_50_ms(
    box: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    box.run(ask("fine"))
    times = []
    for _ in range(15):
        began = time.perf_counter()
        box.run(ask("fine"))
        times.append(1e3 * (time.perf_counter() - began))
    typical = statistics.median(times)
    with capsys.disabled():
        sys.stdout.write(f"\nsandbox, warm call: {typical:.1f} ms, worst {max(times):.1f} ms\n")
    assert typical < 50
