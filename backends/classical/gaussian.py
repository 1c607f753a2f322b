"""Gaussian states of fermions, which their covariance ``G_ab = <i [g_a, g_b] / 2>`` describes.

Wick's theorem: ``<g_a1 ... g_a2m> = (-i)^m Pf(G)`` on these indices. The Pfaffian is found by
Parlett and Reid's elimination (Wimmer, ACM Trans. Math. Softw. 38, 30 (2012)).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backends.classical.majorana import majoranas, turned
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum

ZERO = 1e-13


class Wick:
    """Means of Pauli sums in Gaussian states; remembers how words are written."""

    def __init__(self, axis: str) -> None:
        self._axis = axis
        self._known: dict[int, list[tuple[list[int], complex]]] = {}
        self._kept: list[PauliSum] = []

    def mean(self, operator: PauliSum, covariance: FloatArray) -> float:
        """Mean in a state of definite parity, where odd words vanish.

        Args:
            covariance: Shape ``(2n, 2n)``.
        """
        layered = bool(
            np.abs(covariance[::2, ::2]).max() < ZERO
            and np.abs(covariance[1::2, 1::2]).max() < ZERO
        )
        total = 0.0
        for indices, weight in self._products(operator):
            if not len(indices) % 2:
                total += (weight * _wick(covariance, indices, layered=layered)).real
        return total

    def odd(self, operator: PauliSum) -> bool:
        """Whether some word changes the parity."""
        return any(len(indices) % 2 for indices, _ in self._products(operator))

    def _products(self, operator: PauliSum) -> list[tuple[list[int], complex]]:
        if id(operator) not in self._known:
            found = []
            for word, coefficient in operator.terms.items():
                image, sign = turned(word, self._axis)
                indices, factor = majoranas(image)
                found.append((indices, coefficient * sign * factor))
            self._known[id(operator)] = found
            self._kept.append(operator)
        return self._known[id(operator)]


def entropy(covariance: FloatArray, qubits: int) -> float:
    """Von Neumann entropy, nats, of the lowest qubits, whose strings stay among them."""
    part = covariance[: 2 * qubits, : 2 * qubits]
    values = np.clip(np.abs(np.linalg.eigvalsh(1j * part)), 0.0, 1.0)
    shares = np.concatenate([(1 + values) / 2, (1 - values) / 2])
    kept = shares[shares > 1e-300]
    return max(0.0, float(-np.sum(kept * np.log(kept)) / 2))


def pfaffian(matrix: FloatArray) -> float:
    """Pfaffian of a real antisymmetric matrix of even size."""
    rest, found = matrix.copy(), 1.0
    for k in range(0, len(rest) - 1, 2):
        pivot = k + 1 + int(np.argmax(np.abs(rest[k, k + 1 :])))
        if pivot != k + 1:
            rest[[k + 1, pivot]] = rest[[pivot, k + 1]]
            rest[:, [k + 1, pivot]] = rest[:, [pivot, k + 1]]
            found = -found
        if rest[k, k + 1] == 0.0:
            return 0.0
        found *= float(rest[k, k + 1])
        shares = np.outer(rest[k, k + 2 :] / rest[k, k + 1], rest[k + 2 :, k + 1])
        rest[k + 2 :, k + 2 :] += shares - shares.T
    return found


def _wick(covariance: FloatArray, indices: Sequence[int], *, layered: bool) -> complex:
    half = len(indices) // 2
    turn: complex = (-1j) ** (half % 4)
    if half == 0:
        return 1.0
    if half == 1:
        return turn * float(covariance[indices[0], indices[1]])
    if half == 2:
        a, b, c, d = indices
        pairs = covariance[a, b] * covariance[c, d] - covariance[a, c] * covariance[b, d]
        return turn * float(pairs + covariance[a, d] * covariance[b, c])
    if layered:
        return turn * _layered(covariance, indices)
    return turn * pfaffian(covariance[np.ix_(indices, indices)])


def _layered(covariance: FloatArray, indices: Sequence[int]) -> float:
    """Pfaffian where only even and odd indices are correlated: a determinant."""
    even = [a for a in indices if not a % 2]
    odd = [a for a in indices if a % 2]
    if len(even) != len(odd):
        return 0.0
    # Inversions of moving the even indices, in order, before the odd ones.
    before = moves = 0
    for a in indices:
        before += a % 2
        moves += before if not a % 2 else 0
    half = len(even)
    sign = -1 if (moves + half * (half - 1) // 2) % 2 else 1
    return sign * float(np.linalg.det(covariance[np.ix_(even, odd)]))
