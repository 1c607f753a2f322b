"""Shots: what detectors with errors read of many states, drawn in one array program."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray

Counts = NDArray[np.int64]


def probabilities(states: Any) -> FloatArray:
    """Of each basis state, shape ``(B, 2**n)``, each row with the sum 1."""
    chances = np.square(np.abs(np.asarray(states))).astype(np.float64)
    found: FloatArray = chances / chances.sum(axis=1, keepdims=True)
    return found


def read(chances: FloatArray, false_one: Any = 0.0, false_zero: Any = 0.0) -> FloatArray:
    """Probabilities of what is read, from those of what is there, both ``(B, 2**n)``.

    Args:
        false_one: Probability to read 0 as 1, of each trajectory, ``(B,)``, or of each of its
            qubits, ``(B, n)``.
        false_zero: To read 1 as 0.

    Raises:
        ValueError: A probability is not one.
    """
    rows, size = chances.shape
    qubits = size.bit_length() - 1
    ones, zeros = (
        _rates(name, value, rows, qubits)
        for name, value in (("false_one", false_one), ("false_zero", false_zero))
    )
    if not (ones.any() or zeros.any()):
        return chances
    for qubit in range(qubits):
        pairs = chances.reshape(rows, -1, 2, 1 << qubit)
        up, down = ones[:, qubit, None, None], zeros[:, qubit, None, None]
        low, high = pairs[:, :, 0], pairs[:, :, 1]
        mixed = np.stack([(1 - up) * low + down * high, up * low + (1 - down) * high], axis=2)
        chances = mixed.reshape(rows, size)
    return chances


def counts(chances: FloatArray, shots: int, rng: np.random.Generator) -> Counts:
    """How often each basis state is read in some shots, shape ``(B, 2**n)``."""
    drawn: Counts = rng.multinomial(shots, chances)
    return drawn


def outcomes(chances: FloatArray, shots: int, rng: np.random.Generator) -> Counts:
    """The basis state of each shot, shape ``(B, shots)``."""
    rows = len(chances)
    edges = np.cumsum(chances, axis=1)
    edges = edges / edges[:, -1:] + np.arange(rows)[:, None]
    drawn = rng.random((rows, shots)) + np.arange(rows)[:, None]
    found = np.searchsorted(edges.reshape(-1), drawn.reshape(-1), side="right")
    width = chances.shape[1]
    states: Counts = found.reshape(rows, shots) - width * np.arange(rows)[:, None]
    return np.clip(states, 0, width - 1)


def shot_bits(states: Counts, qubits: int) -> NDArray[np.int8]:
    """Each qubit's bit, qubit 0 first, shape ``(..., n)``."""
    return (states[..., None] >> np.arange(qubits) & 1).astype(np.int8)


def _rates(name: str, value: Any, rows: int, qubits: int) -> FloatArray:
    array = np.asarray(value, dtype=np.float64)
    if not bool(((array >= 0) & (array <= 1)).all()):
        raise ValueError(f"{name} is {value!r}; allowed: 0 to 1")
    table: FloatArray = np.broadcast_to(
        array[..., None] if array.ndim < 2 else array, (rows, qubits)
    )
    return table
