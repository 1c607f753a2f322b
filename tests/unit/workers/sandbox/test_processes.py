"""Nothing survives, whoever ends first, and the next chunk works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from tests.unit.workers.sandbox.asking import BACKENDS, ask, family_of, gone
from workers.sandbox import Cancelled, Crashed, Finished, Limits, Sandbox, shared


@pytest.mark.parametrize("behaviour", ["escape", "fork_bomb"])
def test_whatever_the_child_started_ends_with_it(box: Sandbox, behaviour: str) -> None:
    before = family_of(box)
    outcome = box.run(ask(behaviour), limits=Limits(wall_s=10))
    assert isinstance(outcome, Finished), outcome
    assert family_of(box) == before


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


def test_a_closed_sandbox_leaves_no_process_and_no_folder() -> None:
    sandbox = Sandbox(backends=BACKENDS)
    family = family_of(sandbox)
    folder = sandbox._ready().folder
    sandbox.close()
    assert gone(family)
    assert not folder.exists()


def test_nothing_outlives_a_killed_worker() -> None:
    code = (
        "from tests.unit.workers.sandbox.asking import *\n"
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
