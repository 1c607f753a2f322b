"""A matrix product state in mixed canonical form, to which short operators are applied.

Schollwöck, Ann. Phys. 326, 96 (2011). Tensors have shape ``(left, 2, right)``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.tensor.automaton import Automaton
from backends.tensor.chain import MATRICES

Tensor = NDArray[Any]

SMALLEST_SCHMIDT = 1e-12
"""Schmidt values below this, relative to the largest, are rounding."""


class Train:
    """A normalised state whose norm sits in one tensor, the centre."""

    def __init__(self, tensors: list[Tensor], centre: int, bond_dimension: int) -> None:
        self.tensors = tensors
        self.centre = centre
        self.bond_dimension = bond_dimension
        self.discarded = 0.0
        """Sum of all weights that were cut off."""

    @classmethod
    def product(cls, letters: str, bond_dimension: int) -> Train:
        """A product state of ``0 1 + -``, qubit 0 rightmost."""
        half = 0.5**0.5
        factors = {"0": [1, 0], "1": [0, 1], "+": [half, half], "-": [half, -half]}
        tensors = [
            np.array(factors[letter], dtype=np.complex128).reshape(1, 2, 1)
            for letter in reversed(letters)
        ]
        return cls(tensors, 0, bond_dimension)

    def copy(self) -> Train:
        """The same state; tensors are never changed in place."""
        twin = Train(list(self.tensors), self.centre, self.bond_dimension)
        twin.discarded = self.discarded
        return twin

    def apply(self, first: int, operator: list[Tensor]) -> None:
        """Apply a unitary on sites from ``first`` on and truncate.

        Args:
            operator: One tensor per site, shape ``(left, right, 2, 2)``; the ends are 1 wide.
        """
        self.move(first)
        last = first + len(operator) - 1
        for site, part in enumerate(operator, first):
            tensor = self.tensors[site]
            moved = np.einsum("abst,ltr->alsbr", part, tensor)
            a, left, _, b, right = moved.shape
            self.tensors[site] = moved.reshape(a * left, 2, b * right)
        for site in range(first, last):
            self._shift_right(site)
        self.centre = last
        for site in range(last, first, -1):
            self._truncate(site)
        self.centre = first

    def move(self, centre: int) -> None:
        """Put the norm into the tensor of another site."""
        while self.centre < centre:
            self._shift_right(self.centre)
            self.centre += 1
        while self.centre > centre:
            site = self.centre
            left, _, right = self.tensors[site].shape
            q, r = np.linalg.qr(self.tensors[site].reshape(left, 2 * right).T)
            self.tensors[site] = q.T.reshape(-1, 2, right)
            self.tensors[site - 1] = np.tensordot(self.tensors[site - 1], r.T, 1)
            self.centre -= 1

    def half_entropy(self) -> float:
        """Von Neumann entropy, nats, of the lower half of the qubits (``n // 2`` of them)."""
        middle = len(self.tensors) // 2
        self.move(middle)
        tensor = self.tensors[middle]
        schmidt = np.linalg.svd(tensor.reshape(len(tensor), -1), compute_uv=False) ** 2
        kept = schmidt[schmidt > 1e-300]
        return max(0.0, float(-np.sum(kept * np.log(kept))))

    def overlap(self, other: Train) -> complex:
        """``<other|self>``."""
        edge: Any = np.ones((1, 1))
        for mine, theirs in zip(self.tensors, other.tensors, strict=True):
            edge = np.tensordot(theirs.conj(), np.tensordot(edge, mine, 1), ((0, 1), (0, 1)))
        return complex(edge[0, 0])

    def expectation(self, machine: Automaton) -> float:
        """Mean of an operator."""
        edges: dict[int, Any] = {0: np.ones((1, 1))}
        for tensor, steps in zip(self.tensors, machine.edges, strict=True):
            moved: dict[int, Any] = {}
            ahead = {state: np.tensordot(edge, tensor, 1) for state, edge in edges.items()}
            sums: dict[int, Any] = {}
            for (left, right, name), coefficient in steps.items():
                if left in ahead:
                    part = coefficient * np.einsum("st,ltr->lsr", MATRICES[name], ahead[left])
                    sums[right] = sums.get(right, 0) + part
            for right, total in sums.items():
                moved[right] = np.tensordot(tensor.conj(), total, ((0, 1), (0, 1)))
            edges = moved
        return float(edges[0][0, 0].real) if edges else 0.0

    def _shift_right(self, site: int) -> None:
        left, _, right = self.tensors[site].shape
        q, r = np.linalg.qr(self.tensors[site].reshape(left * 2, right))
        self.tensors[site] = q.reshape(left, 2, -1)
        self.tensors[site + 1] = np.tensordot(r, self.tensors[site + 1], 1)

    def _truncate(self, site: int) -> None:
        """Cut the bond to the left of the centre, which moves there."""
        left, _, right = self.tensors[site].shape
        u, schmidt, v = np.linalg.svd(
            self.tensors[site].reshape(left, 2 * right), full_matrices=False
        )
        kept = min(self.bond_dimension, int(np.sum(schmidt > SMALLEST_SCHMIDT * schmidt[0])))
        weights = schmidt**2 / np.sum(schmidt**2)
        self.discarded += float(weights[kept:].sum())
        schmidt = schmidt[:kept] / np.linalg.norm(schmidt[:kept])
        self.tensors[site] = v[:kept].reshape(kept, 2, right)
        self.tensors[site - 1] = np.tensordot(self.tensors[site - 1], u[:, :kept] * schmidt, 1)
