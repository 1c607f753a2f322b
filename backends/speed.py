"""How fast this machine is against the one on which the cost models were measured.

Small kernels are timed by turns, in about 25 ms: a dense eigenproblem, a pass over a state vector,
and contractions of small tensors, which spend nearly all in Python. A machine whose cores others
share may be slow just then, so a process takes another turn now and then, and believes the best.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np

ComplexArray: TypeAlias = "np.ndarray[Any, np.dtype[np.complex128]]"
EIGEN_S, STREAM_S, CONTRACT_S = 0.0012, 0.00105, 0.002
"""CPU seconds of the kernels on the reference machine, one thread."""
FIRST, MOST, AGAIN_S = 6, 30, 5.0
"""Turns of all kernels at first and at most; one more when asked again after so many seconds."""
SLOWEST, FASTEST = 20.0, 0.05
_taken: list[tuple[float, ...]] = []
_asked = {"at": 0.0}


def slowness() -> float:
    """CPU seconds here for one second of a cost model; 1 on the reference machine."""
    eigen, stream, _ = _kernels()
    return _bounded(np.sqrt(eigen / EIGEN_S * stream / STREAM_S))


def interpreter_slowness() -> float:
    """The same of work that is many small steps of Python, as that of tensor networks."""
    *_, contract = _kernels()
    return _bounded(contract / CONTRACT_S)


def _kernels() -> tuple[float, ...]:
    """The fewest CPU seconds that each has taken so far."""
    now = time.monotonic()
    turns = 0
    if not _taken:
        turns = FIRST
    elif len(_taken) < MOST and now - _asked["at"] >= AGAIN_S:
        turns = 1
    if turns:
        _taken.extend(
            tuple(_seconds(kernel) for kernel in (_eigen, _stream, _contract)) for _ in range(turns)
        )
        _asked["at"] = now
    return tuple(max(min(taken), 1e-6) for taken in zip(*_taken, strict=True))


def _bounded(ratio: float) -> float:
    return min(max(float(ratio), FASTEST), SLOWEST)


@cache
def _states() -> tuple[ComplexArray, ...]:
    """Three MiB, which a process that only serves pages never touches."""
    return tuple(np.ones(1 << 16, dtype=np.complex128) for _ in range(3))


def _seconds(kernel: Callable[[], object]) -> float:
    began = time.thread_time()
    kernel()
    return time.thread_time() - began


def _eigen() -> object:
    matrix = np.arange(150 * 150, dtype=np.float64).reshape(150, 150) % 17
    return np.linalg.eigvalsh(matrix + matrix.T)


def _stream() -> object:
    """In place: fresh memory costs more in a new process than in one that has worked."""
    state, total, part = _states()
    for _ in range(8):
        np.multiply(state, 0.5, out=total)
        np.multiply(state[::-1], 0.5j, out=part)
        np.add(total, part, out=total)
    return total


def _contract() -> object:
    tensor = np.ones((4, 4))
    found = tensor
    for _ in range(300):
        found = np.tensordot(found, tensor, 1)
        found = found / np.linalg.norm(found)
    return found
