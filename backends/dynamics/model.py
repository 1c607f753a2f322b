"""The Hamiltonian of many trajectories at once, as diagonals and drives of qubits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.schema.experiment import FloatArray

Bits = NDArray[np.int64]

MAX_QUBITS = 14
FACTOR_BITS, MANY_BITS = 4, 3
"""Qubits whose Hadamard transform is one matrix product: of few trajectories, and of many."""
MANY = 64
"""Trajectories from which arithmetic takes longer than Python's calls."""
EVEN = 1e-14
"""Share by which the gaps of a ladder may differ, which rounding makes."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """``H_b(t) = sum_m w_bm(t) D_m + sum_g sum_(q in g) [x_bg(t) X_q + y_bg(t) Y_q]``.

    Attributes:
        qubits: ``n``; basis state ``k`` has qubit ``q`` in the bit ``k >> q & 1``.
        diagonals: ``D_m``, shape ``(M, 2**n)``.
        groups: The qubits of each of the ``G`` drives, each qubit in one group at most.
        xp: NumPy, or a module with its functions and arrays (CuPy, jax.numpy).
    """

    qubits: int
    diagonals: FloatArray
    groups: tuple[tuple[int, ...], ...]
    xp: Any = np
    _levels: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.qubits <= MAX_QUBITS:
            raise ValueError(f"qubits is {self.qubits}; allowed: 1 to {MAX_QUBITS}")
        if self.diagonals.ndim != 2 or self.diagonals.shape[1] != self.size:
            raise ValueError(f"diagonals are {self.diagonals.shape}; allowed: (M, {self.size})")
        driven = [qubit for group in self.groups for qubit in group]
        if len(set(driven)) != len(driven) or not set(driven) <= set(range(self.qubits)):
            raise ValueError(
                f"groups are {self.groups}; allowed: each of the qubits 0 to {self.qubits - 1} "
                "in one group at most"
            )

    @property
    def size(self) -> int:
        """``2**n``."""
        return 1 << self.qubits

    @cached_property
    def bits(self) -> Bits:
        """Value of each qubit in each basis state, shape ``(n, 2**n)``."""
        return bits(self.qubits)

    @cached_property
    def excited(self) -> FloatArray:
        """How many qubits of each group are 1 in each basis state, shape ``(G, 2**n)``."""
        return np.array([self.bits[list(group)].sum(axis=0) for group in self.groups], float)

    @cached_property
    def signs(self) -> FloatArray:
        """``sum_(q in g) Z_q`` of each group in each basis state, shape ``(G, 2**n)``."""
        sizes = np.array([len(group) for group in self.groups], float)
        signs: FloatArray = sizes[:, None] - 2 * self.excited
        return signs

    @cached_property
    def whole(self) -> bool:
        """Whether one drive acts on all qubits."""
        return len(self.groups) == 1 and len(self.groups[0]) == self.qubits

    @cached_property
    def counts(self) -> Any:
        """How many qubits are 1 in each basis state, shape ``(2**n,)``, as an array of `xp`."""
        return self.xp.asarray(self.bits.sum(axis=0))

    def levels(self, rows: Sequence[int]) -> tuple[Any, Any]:
        """Different values that some diagonals take together.

        Returns:
            Values of shape ``(L, len(rows))`` and, for each basis state, which of them it has.
        """
        key = tuple(rows)
        if key not in self._levels:
            values, index = np.unique(self.diagonals[list(rows)], axis=1, return_inverse=True)
            self._levels[key] = self.xp.asarray(values.T), self.xp.asarray(index.reshape(-1))
        found: tuple[Any, Any] = self._levels[key]
        return found

    def ladder(self, rows: Sequence[int]) -> bool:
        """Whether the levels of some diagonals are evenly spaced: phases are then powers of one."""
        values = np.asarray(self.levels(rows)[0])
        gaps = np.diff(values[:, 0])
        return values.shape[1] == 1 and len(gaps) > 1 and bool(np.ptp(gaps) <= EVEN * gaps.max())

    def hadamards(self, real: Any, trajectories: int) -> list[tuple[Any, Any]]:
        """Hadamard matrices of 1 and -1, and inverses, of groups of bits, the highest first."""
        most = FACTOR_BITS if trajectories < MANY else MANY_BITS
        key = ("hadamard", np.dtype(real), most)
        if key not in self._levels:
            count = -(-self.qubits // most)
            widths = [len(part) for part in np.array_split(np.arange(self.qubits), count)]
            made = [_hadamard(width).astype(real) for width in widths]
            self._levels[key] = [
                (self.xp.asarray(one), self.xp.asarray(one / real.type(len(one)))) for one in made
            ]
        found: list[tuple[Any, Any]] = self._levels[key]
        return found


def bits(qubits: int) -> Bits:
    """Value of each qubit in each basis state, shape ``(n, 2**n)``."""
    found: Bits = np.arange(1 << qubits)[None, :] >> np.arange(qubits)[:, None] & 1
    return found


def _hadamard(width: int) -> FloatArray:
    one = np.array([[1.0, 1.0], [1.0, -1.0]])
    matrix = np.ones((1, 1))
    for _ in range(width):
        matrix = np.kron(one, matrix)
    return matrix
