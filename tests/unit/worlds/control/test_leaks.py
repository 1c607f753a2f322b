"""What many steps leave behind: nothing."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from tests.unit.worlds.control.stepped import actions
from tests.unit.worlds.control.worlds import uncertain


def leaked(rows: int, steps: int) -> int:
    """Bytes that are held after many steps of a batch and were not after its first episodes."""
    world = uncertain("pulse")
    batch = world.vector(rows)
    batch.reset(seed=0)
    chosen = actions(world, 1, rows)[0]
    episode = world.steps + 1
    tracemalloc.start()
    try:
        for _ in range(2 * episode):
            batch.step(chosen)
        gc.collect()  # Python's free lists count as held
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(steps - steps % episode):
            batch.step(chosen)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_two_thousand_steps_leak_nothing() -> None:
    assert leaked(10, 200) < 2_000


@pytest.mark.slow
def test_a_hundred_thousand_steps_leak_nothing() -> None:
    assert leaked(100, 1000) < 2_000
