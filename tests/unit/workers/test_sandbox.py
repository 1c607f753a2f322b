"""The sandbox answers within its limits whatever a backend does, and nothing survives."""

from __future__ import annotations

import errno
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from backends.schema import Experiment, RunOptions
from workers.sandbox import (
    Cancelled,
    ChunkRequest,
    Crashed,
    Finished,
    Limits,
    Rejected,
    Sandbox,
    Unavailable,
    shared,
)

BACKENDS = {
    "misbehaving": "tests.unit.workers.sandbox_backends:Misbehaving",
    "broken": "tests.unit.workers.sandbox_backends:Broken",
}
H2 = {
    "kind": "molecule",
    "schema_version": 1,
    "atoms": [
        {"element": "H", "position": [0, 0, 0]},
        {"element": "H", "position": [0, 0, "bond_length"]},
    ],
    "charge": 0,
    "spin": 0,
    "basis": "sto-3g",
    "mapping": "jordan_wigner",
    "controls": [
        {
            "name": "bond_length",
            "label": "Bond length",
            "unit": "angstrom",
            "lower": 0.3,
            "upper": 2.5,
        }
    ],
}
CANARY = "QTWIN_TEST_CANARY"
TIGHT = Limits(memory_bytes=1 << 29, cpu_s=2, wall_s=20, output_bytes=1 << 20)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    os.environ[CANARY] = "canary-value"
    with Sandbox(backends=BACKENDS, tick_s=0.05) as sandbox:
        yield sandbox
    del os.environ[CANARY]


@pytest.fixture(autouse=True)
def no_survivors() -> Iterator[None]:
    yield
    me = psutil.Process()
    left = [p for p in me.children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
    assert len(left) <= 2 * 2, left  # an outer and an inner zygote, of two sandboxes at most


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all have ended within five seconds; a zombie has."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]:
            return True
        time.sleep(0.01)
    return False


def family_of(box: Sandbox) -> list[psutil.Process]:
    """The process that was started, and the zygote if that is another one: the last."""
    outer = psutil.Process(box.pid)
    return [outer, *outer.children(recursive=True)]


def ask(behaviour: str, *, backend: str = "misbehaving", token: str = "t") -> ChunkRequest:
    experiment = Experiment(
        system={"kind": "test"},
        method=behaviour,
        controls=("x",),
        points=np.array([[0.5], [1.0]]),
        observables=("energy",),
    )
    return ChunkRequest(
        backend=backend, experiment=experiment, options=RunOptions(seed=7), token=token
    )


def test_a_chunk_comes_back_as_a_result(box: Sandbox) -> None:
    outcome = box.run(ask("fine", token="qtwin-1"))
    assert isinstance(outcome, Finished)
    assert outcome.result.values.shape == (2, 1)
    assert outcome.result.options.seed == 7
    assert outcome.result.provenance.details["token"] == "qtwin-1"


def test_the_child_sees_an_empty_environment_and_folder(box: Sandbox) -> None:
    outcome = box.run(ask("describe"))
    assert isinstance(outcome, Finished)
    seen = outcome.result.provenance.details
    assert set(seen["environment"]) <= {
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    }
    assert "canary" not in seen["block"].lower()
    assert seen["files"] == []
    assert not os.path.exists(seen["folder"])
    assert seen["warmed_elsewhere"]
    assert seen["descriptors"] <= 5
    assert seen["threads"] == 1
    assert seen["nice"] == 10
    assert seen["web"] == []


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("output_bomb", "output"),
        ("memory_bomb", "memory"),
        ("slow_memory_bomb", "memory"),
        ("cpu_loop", "cpu"),
        ("segfault", "signal 11"),
        ("leave", "exit 7"),
        ("panic", "exception"),
        ("bug", "exception"),
        ("file_bomb", "exception"),
    ],
)
def test_a_crash_is_named_and_its_message_leaks_nothing(
    box: Sandbox, behaviour: str, reason: str
) -> None:
    outcome = box.run(ask(behaviour), limits=TIGHT)
    assert isinstance(outcome, Crashed), outcome
    assert outcome.reason == reason
    assert outcome.message
    assert "/" not in outcome.message
    assert isinstance(box.run(ask("fine")), Finished)


def test_the_wall_limit_holds(box: Sandbox) -> None:
    began = time.monotonic()
    outcome = box.run(ask("sleep"), limits=Limits(wall_s=0.5))
    assert isinstance(outcome, Crashed)
    assert outcome.reason == "wall"
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("behaviour", ["escape", "fork_bomb"])
def test_whatever_the_child_started_ends_with_it(box: Sandbox, behaviour: str) -> None:
    before = family_of(box)
    outcome = box.run(ask(behaviour), limits=Limits(wall_s=10))
    assert isinstance(outcome, Finished), outcome
    assert family_of(box) == before


def test_rejections_and_outages_keep_their_meaning(box: Sandbox) -> None:
    assert box.run(ask("reject")) == Rejected(message="no such device", field="/settings/device")
    assert box.run(ask("unavailable")) == Unavailable(message="maintenance")


def test_an_unknown_backend_is_rejected(box: Sandbox) -> None:
    outcome = box.run(ask("fine", backend="nowhere"))
    assert isinstance(outcome, Rejected)
    assert outcome.field == "/backend"


def test_a_backend_that_cannot_be_built_crashes_the_chunk_only(box: Sandbox) -> None:
    outcome = box.run(ask("fine", backend="broken"))
    assert isinstance(outcome, Crashed)
    assert outcome.message == "The backend failed with ImportError."


def test_the_tick_is_called_and_can_cancel(box: Sandbox) -> None:
    ticks: list[float] = []

    def tick() -> bool:
        ticks.append(time.monotonic())
        return len(ticks) < 4

    assert box.run(ask("sleep"), on_tick=tick) == Cancelled()
    assert len(ticks) == 4
    assert max(np.diff(ticks)) < 1.0
    assert isinstance(box.run(ask("fine")), Finished)


def test_an_exception_of_the_tick_ends_the_child_and_is_raised(box: Sandbox) -> None:
    def tick() -> bool:
        raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError, match="lease lost"):
        box.run(ask("sleep"), on_tick=tick)
    assert isinstance(box.run(ask("fine")), Finished)


@pytest.mark.parametrize("inner", [False, True])
def test_a_killed_zygote_is_a_crash_and_the_next_run_works(box: Sandbox, inner: bool) -> None:
    family = family_of(box)
    victim = family[-1 if inner else 0].pid

    def tick() -> bool:
        if psutil.pid_exists(victim):
            os.kill(victim, signal.SIGKILL)
        return True

    outcome = box.run(ask("sleep"), on_tick=tick, limits=Limits(wall_s=10))
    assert isinstance(outcome, Crashed)
    assert outcome.reason == "signal 9"
    assert gone(family)
    assert isinstance(box.run(ask("fine")), Finished)


def test_a_zygote_that_died_while_idle_is_not_noticed(box: Sandbox) -> None:
    family = family_of(box)
    family[0].kill()
    assert gone(family)
    assert isinstance(box.run(ask("fine")), Finished)


def test_there_is_no_network_where_the_kernel_allows_that(box: Sandbox) -> None:
    if not box.isolation.network:
        pytest.skip("this kernel or user cannot make network namespaces")
    outcome = box.run(ask("connect"))
    assert isinstance(outcome, Finished)
    assert outcome.result.provenance.details["error"] == errno.ENETUNREACH


def test_the_child_sees_its_own_processes_only(box: Sandbox) -> None:
    if not box.isolation.processes:
        pytest.skip("this kernel or user cannot make process namespaces")
    outcome = box.run(ask("look_around"))
    assert isinstance(outcome, Finished), outcome
    seen = outcome.result.provenance.details
    assert seen["itself"]
    assert len(seen["processes"]) == 2
    assert os.getpid() not in seen["processes"]


def test_keys_and_data_are_out_of_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "rows").write_text("rows")
    (tmp_path / "key").write_text("key")
    monkeypatch.setenv("QTWIN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QTWIN_SECRET_KEY_FILE", str(tmp_path / "key"))
    with Sandbox(backends=BACKENDS) as sandbox:
        if not sandbox.isolation.processes:
            pytest.skip("this kernel or user cannot make mount namespaces")
        outcome = sandbox.run(ask("read", token=str(tmp_path)))
    assert isinstance(outcome, Finished), outcome
    seen = outcome.result.provenance.details
    assert seen["data"] == []
    assert seen["key"] == ""
    assert (tmp_path / "key").read_text() == "key"


def test_a_closed_sandbox_leaves_no_process_and_no_folder() -> None:
    sandbox = Sandbox(backends=BACKENDS)
    family = family_of(sandbox)
    folder = sandbox._ready().folder
    sandbox.close()
    assert gone(family)
    assert not folder.exists()


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


def test_nothing_outlives_a_killed_worker() -> None:
    code = (
        "from tests.unit.workers.test_sandbox import *\n"
        "box = Sandbox(backends=BACKENDS, tick_s=0.05)\n"
        "print(box.pid, len(family_of(box)), flush=True)\n"
        "box.run(ask('escape_and_sleep'))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        pid, idle = map(int, worker.stdout.readline().split())
        family: list[psutil.Process] = []
        while len(family) < idle + 2:  # the child and its escaped one
            outer = psutil.Process(pid)
            family = [outer, *outer.children(recursive=True)]
            time.sleep(0.02)
        worker.kill()
    assert gone(family)


def test_one_process_has_one_shared_sandbox() -> None:
    assert shared() is shared()


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
