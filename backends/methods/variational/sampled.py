"""Energies of state vectors as shots would give them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backends.methods.circuit import to_z
from backends.methods.grouping import group
from backends.methods.variational.landscape import Kernel
from backends.methods.variational.statevector import applied
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum


class SampledEnergy:
    """Sampled energies of ``B`` Hamiltonians; a call takes ``shots`` for each group of words.

    Every member draws from a generator of its own, all with one seed, so that a member's answers do
    not depend on the others.
    """

    def __init__(
        self, kernel: Kernel, operators: Sequence[PauliSum], *, shots: int, seed: int
    ) -> None:
        self._kernel, self._shots = kernel, shots
        groups = group({word for one in operators for word in one.terms})
        index = np.arange(2**kernel.space.qubits)
        self._bases = [list(to_z(one.basis)) for one in groups]
        self._levels = []
        self._constants = [one.mixed_value for one in operators]
        for one in groups:
            signs = [1.0 - 2.0 * (np.bitwise_count(index & w.support) & 1) for w in one.words]
            weights = [[o.terms.get(word, 0.0) for word in one.words] for o in operators]
            self._levels.append(np.array(weights) @ np.array(signs))
        self._draws = [np.random.default_rng(seed) for _ in operators]

    def __call__(self, parameters: FloatArray) -> FloatArray:
        """Shape ``(B,)`` at parameters of shape ``(B, T)``."""
        energies = np.array(self._constants)
        for member, state in enumerate(self._kernel.vectors(parameters)):
            for basis, levels in zip(self._bases, self._levels, strict=True):
                chances = np.abs(applied(basis, state)) ** 2
                seen = self._draws[member].multinomial(self._shots, chances / chances.sum())
                energies[member] += seen @ levels[member] / self._shots
        return energies
