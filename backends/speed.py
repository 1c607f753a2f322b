"""How fast this machine is against the one on which the cost models were measured.

Small kernels are timed once in a process, the best of three each: a dense eigenproblem and a pass
over a state vector, which take about 30 ms together, and contractions of small tensors, which take
10 ms and spend nearly all of them in Python.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np

ComplexArray: TypeAlias = "np.ndarray[Any, np.dtype[np.complex128]]"
EIGEN_S, STREAM_S, CONTRACT_S = 0.0012, 0.00105, 0.00165
"""CPU seconds of the kernels on the reference machine, one thread."""
REPETITIONS = 3
SLOWEST, FASTEST = 20.0, 0.05


@cache
def slowness() -> float:
    """CPU seconds here for one second of a cost model; 1 on the reference machine."""
    return _bounded(np.sqrt(_best(_eigen) / EIGEN_S * _best(_stream) / STREAM_S))


@cache
def interpreter_slowness() -> float:
    """The same of work that is many small steps of Python, as that of tensor networks."""
    return _bounded(_best(_contract) / CONTRACT_S)


def _bounded(ratio: float) -> float:
    return min(max(float(ratio), FASTEST), SLOWEST)


@cache
def _states() -> tuple[ComplexArray, ...]:
    """Three MiB, which a process that only serves pages never touches."""
    return tuple(np.ones(1 << 16, dtype=np.complex128) for _ in range(3))


def _best(kernel: Callable[[], object]) -> float:
    times = []
    for _ in range(REPETITIONS):
        began = time.thread_time()
        kernel()
        times.append(time.thread_time() - began)
    return max(min(times), 1e-6)


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
