"""What a call costs its thread, without the share of the garbage collector."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CALLS = 3


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What runs inside takes at most so many processor seconds of its thread.

    After thousands of tests a collection of all garbage takes longer than most of what is timed.
    """
    collects = gc.isenabled()
    gc.disable()
    began = time.thread_time()
    try:
        yield
        taken = time.thread_time() - began
    finally:
        if collects:
            gc.enable()
    assert taken < seconds, f"{taken:.3f} s"


def least_thread_seconds(call: Callable[[], object]) -> float:
    """The least of the processor seconds of `call`, called `CALLS` times."""
    seconds = []
    for _ in range(CALLS):
        began = time.thread_time()
        call()
        seconds.append(time.thread_time() - began)
    return min(seconds)
