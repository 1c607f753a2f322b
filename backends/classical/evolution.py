"""Exact time evolution of a product state under a Hamiltonian that does not change.

Dense where the blocks that the state touches are small, else the scaled Taylor series of Al-Mohy
and Higham (SIAM J. Sci. Comput. 33, 488 (2011)), to double precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backends.classical.basis import Indices
from backends.classical.sparse import blocks, inside, matrix
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliSum

MAX_DENSE = 512


def evolved(
    hamiltonian: PauliSum, basis: Indices, initial: ComplexArray, times: FloatArray
) -> list[ComplexArray]:
    """State vectors at some times.

    Args:
        basis: Basis states that the Hamiltonian does not leave, shape ``(B,)``.
        initial: Shape ``(B,)``.
        times: In any order, not negative.
    """
    whole = matrix(hamiltonian, basis)
    alone, many = blocks(whole)
    states: list[ComplexArray] = [np.zeros_like(initial) for _ in times]
    phases = np.outer(times, whole.diagonal()[alone].real)
    for state, phase in zip(states, phases, strict=True):
        state[alone] = np.exp(-1j * phase) * initial[alone]
    for block in many:
        start = initial[block]
        if not start.any():
            continue
        part = inside(whole, block)
        run = _dense if len(block) <= MAX_DENSE else _stepped
        for state, moved in zip(states, run(part, start, times), strict=True):
            state[block] = moved
    return states


def product_vector(letters: str, basis: Indices) -> ComplexArray:
    """State vector of a product state of ``0 1 + -``, qubit 0 rightmost, shape ``(B,)``."""
    half = 0.5**0.5
    factors = {"0": (1.0, 0.0), "1": (0.0, 1.0), "+": (half, half), "-": (half, -half)}
    vector: ComplexArray = np.ones(len(basis), dtype=np.complex128)
    for qubit, letter in enumerate(reversed(letters)):
        vector *= np.array(factors[letter])[basis >> qubit & 1]
    return vector


def _dense(part: Any, start: ComplexArray, times: FloatArray) -> Sequence[ComplexArray]:
    levels, states = np.linalg.eigh(part.toarray())
    weights = states.conj().T @ start
    return [states @ (np.exp(-1j * levels * time) * weights) for time in times]


def _stepped(part: Any, start: ComplexArray, times: FloatArray) -> Sequence[ComplexArray]:
    from scipy.sparse.linalg import expm_multiply

    found: dict[int, Any] = {}
    state: Any = start
    now = 0.0
    for row in np.argsort(times, kind="stable").tolist():
        if times[row] > now:
            state = expm_multiply(-1j * (times[row] - now) * part, state)
            now = float(times[row])
        found[row] = state
    return [found[row] for row in range(len(times))]
