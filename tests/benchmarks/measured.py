"""What one source really takes: its own process, CPU seconds and the growth of its memory."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backends import registry
from backends.schema import Experiment, Result, RunOptions
from backends.selection import Option

LONGEST_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of one call of `Backend.submit` in a process that has everything imported.

    Attributes:
        values: None where the source answered with an error or had no answer at the point.
        error: What it states of its own truncation, in the observable's unit.
        growth_bytes: Peak memory above that of the process at the start.
    """

    values: list[float] | None
    error: float
    seconds: float
    growth_bytes: int


def measure(option: Option, experiment: Experiment, run: RunOptions) -> Measured:
    """Run a source in a child process; the engines must be warm already."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        gc.freeze()  # as in the sandbox: the collector would copy all that the parent has imported
        os.close(reader)
        try:
            signal.alarm(LONGEST_S)
            os.write(writer, json.dumps(_call(option, experiment, run)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return Measured(**json.loads(text)) if text else _nothing(float(LONGEST_S))


def _call(option: Option, experiment: Experiment, run: RunOptions) -> dict[str, Any]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    asked = replace(experiment, method=option.method, settings=dict(option.settings))
    result = registry.get(option.backend).submit(asked, run, token="bench")
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert isinstance(result, Result)
    moved = result.truncation_errors
    return {
        "values": None if result.failures else result.values.ravel().tolist(),
        "error": 0.0 if moved is None else float(np.max(moved, initial=0.0)),
        "seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "growth_bytes": 1024 * (after.ru_maxrss - before.ru_maxrss),
    }


def _nothing(seconds: float) -> Measured:
    return Measured(values=None, error=0.0, seconds=seconds, growth_bytes=0)
