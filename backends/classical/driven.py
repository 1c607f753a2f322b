"""Exact evolution under a Hamiltonian that is linear in time between its kinks.

Where ``H(t) = H_0 + t H_1`` the Taylor series of the state, ``psi(t) = sum_k psi_k t^k``, follows
from the Schroedinger equation term by term:
``psi_(k+1) = -i / (k + 1) (H_0 psi_k + H_1 psi_(k-1))``.
Steps are so short that no term grows beyond what double precision bears, and each series is summed
until its terms vanish (as of Corliss and Chang, ACM Trans. Math. Softw. 8, 114 (1982)), so that
only rounding is left of the error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from backends.schema import Cost
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliSum
from backends.systems.qubit_system import QubitSystem

MAX_QUBITS = 14
RADIUS = 6.0
"""Largest step times the norm of the Hamiltonian; terms grow to about ``exp(6)``."""
NEGLIGIBLE = 1e-15
TYPICAL_PRODUCTS, TYPICAL_SHARE = 70, 0.47
"""Products of a matrix and a vector per step; norm from that of the words. For estimates."""
MOST_TERMS = 200


def alike(system: QubitSystem, points: FloatArray) -> list[list[int]]:
    """Rows with one Hamiltonian, which differ at most in how long it acts."""
    columns = [i for i, control in enumerate(system.controls) if control.name in system.drivers]
    found: dict[tuple[float, ...], list[int]] = {}
    for row, point in enumerate(points[:, columns].tolist()):
        found.setdefault(tuple(point), []).append(row)
    return list(found.values())


def evolved(
    system: QubitSystem, point: FloatArray, initial: ComplexArray, durations: FloatArray
) -> list[ComplexArray]:
    """State vectors after some times, in any order.

    Args:
        point: Shape ``(C,)``.
        initial: Shape ``(2**n,)``.

    Raises:
        ValueError: The Hamiltonian is not linear between its kinks.
    """
    kinks = system.kinks(point[None, :])[0]
    inner = kinks[(kinks > 0) & (kinks < durations.max())]
    state, states = initial, {0.0: initial}
    for low, high in pairwise(np.unique(np.concatenate([[0.0], inner, durations])).tolist()):
        state = _across(_piece(system, point, low, high), state, high - low)
        states[high] = state
    return [states[duration] for duration in durations.tolist()]


def cost(system: QubitSystem, points: FloatArray) -> Cost:
    """What the evolution of all points takes; the words' sizes bound the norm from above."""
    every = system.durations(points)
    longest = np.array([rows[int(every[rows].argmax())] for rows in alike(system, points)])
    durations, steps, entries = every[longest], 0.0, 0
    for operator, duration in zip(
        system.hamiltonians(points[longest], durations / 2), durations.tolist(), strict=True
    ):
        norm = sum(abs(weight) for word, weight in operator.terms.items() if word.support)
        steps += 1 + TYPICAL_SHARE * norm * duration / RADIUS
        entries = 2**system.qubits * len({word.x for word in operator.terms} | {0})
    per_step = TYPICAL_PRODUCTS * (2e-5 + 2.5e-9 * entries)
    return Cost(
        seconds=0.05 + 0.02 * len(points) + steps * per_step,
        memory_bytes=100_000_000 + 150 * entries,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Linear:
    """``H(t) = start + t slope`` as sparse matrices of one structure.

    Attributes:
        shape: SciPy CSR array that has the structure, and entries of any value.
        start: Entries, shape ``(2**n * flips,)``.
        slope: Entries, of the same shape.
        diagonal: Which entries are diagonal.
    """

    shape: Any
    start: ComplexArray
    slope: ComplexArray
    diagonal: Any

    def at(self, time: float) -> ComplexArray:
        """Entries at a time."""
        return self.start + time * self.slope

    def middle(self, time: float) -> float:
        """Centre of the diagonal at a time."""
        values = self.at(time)[self.diagonal].real
        return float(values.max() + values.min()) / 2

    def norm(self, time: float, shift: float) -> float:
        """Gershgorin's bound of the norm at a time, once a shift is taken off the diagonal."""
        entries = self.at(time)
        entries[self.diagonal] -= shift
        return float(np.abs(entries).reshape(self.shape.shape[0], -1).sum(axis=1).max())

    def matrix(self, entries: ComplexArray) -> Any:
        """A matrix of this structure."""
        return type(self.shape)(
            (entries, self.shape.indices, self.shape.indptr), shape=self.shape.shape
        )


def _piece(system: QubitSystem, point: FloatArray, low: float, high: float) -> _Linear:
    """The Hamiltonian between two kinks, read within them since it may jump there."""
    from scipy.sparse import csr_array

    at = low + (high - low) * np.array([0.25, 0.5, 0.75])
    one, middle, two = system.hamiltonians(np.repeat(point[None, :], 3, axis=0), at)
    flips = sorted({word.x for operator in (one, two) for word in operator.terms} | {0})
    size = 2**one.qubits
    columns = np.arange(size)[:, None] ^ np.array(flips)
    first, second, third = (_entries(operator, flips, columns) for operator in (one, middle, two))
    if not np.allclose(first + third, 2 * second, rtol=1e-9, atol=1e-9 * np.abs(second).max()):
        raise ValueError(f"the Hamiltonian of {system.kind} is not linear between its kinks")
    slope = (third - first) / (at[2] - at[0])
    rows = np.arange(0, columns.size + 1, len(flips))
    shape = csr_array((first, columns.reshape(-1), rows), shape=(size, size))
    diagonal = np.arange(size) * len(flips) + flips.index(0)
    return _Linear(shape, first - slope * (at[0] - low), slope, diagonal)


def _entries(operator: PauliSum, flips: Sequence[int], columns: Any) -> ComplexArray:
    """Matrix elements ``<row| H |row ^ flip>``, shape ``(2**n * flips,)``."""
    entries = np.zeros(columns.shape, dtype=np.complex128)
    place = {flip: index for index, flip in enumerate(flips)}
    for word, weight in operator.terms.items():
        column = place[word.x]
        signs = 1 - 2 * (np.bitwise_count(columns[:, column] & word.z) & 1).astype(np.int8)
        entries[:, column] += weight * 1j ** ((word.x & word.z).bit_count() % 4) * signs
    return entries.reshape(-1)


def _across(piece: _Linear, state: ComplexArray, duration: float) -> ComplexArray:
    """The state after a piece."""
    shift = piece.middle(duration / 2)
    norm = max(piece.norm(time, shift) for time in (0.0, duration))
    steps = max(1, int(np.ceil(duration * norm / RADIUS)))
    step = duration / steps
    bend = piece.matrix(-1j * step**2 * piece.slope) if np.any(piece.slope) else None
    for index in range(steps):
        entries = -1j * step * piece.at(index * step)
        entries[piece.diagonal] += 1j * step * shift
        state = _series(piece.matrix(entries), bend, state)
    moved: ComplexArray = state * np.exp(-1j * shift * duration)
    return moved


def _series(turn: Any, bend: Any, state: ComplexArray) -> ComplexArray:
    """Sum of the Taylor series after one step, in units of the step."""
    before, term, total = np.zeros_like(state), state, state.copy()
    for order in range(1, MOST_TERMS):
        following = turn @ term
        if bend is not None:
            following += bend @ before
        before, term = term, following / order
        total += term
        if max(np.abs(term).max(), np.abs(before).max()) < NEGLIGIBLE:
            break
    return total
