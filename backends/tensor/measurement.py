"""What a TeNPy state says of observables."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable
from backends.tensor.chain import Chain


class Meter:
    """Measures states of one chain; an operator that comes again is not built again."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._built: dict[int, tuple[PauliSum, Any]] = {}

    def expectation(self, state: Any, measurable: Measurable) -> float:
        """Mean in a normalised TeNPy MPS."""
        if not isinstance(measurable, PauliSum):
            return abs(amplitude(state, measurable.bits)) ** 2
        kept = self._built.get(id(measurable))
        if kept is None:  # the sum is kept too, so that its id is not given to another
            kept = self._built[id(measurable)] = measurable, self._chain.operator(measurable)
        return float(np.real(kept[1].expectation_value(state)))


def half_entropy(state: Any) -> float:
    """Von Neumann entropy, nats, of the lower half of the qubits (``n // 2`` of them)."""
    return max(0.0, float(state.entanglement_entropy()[state.L // 2 - 1]))


def amplitude(state: Any, bits: int) -> complex:
    """Amplitude of a computational basis state."""
    row = np.ones(1)
    for site in range(state.L):
        row = row @ state.get_B(site).to_ndarray()[:, bits >> site & 1, :]
    return complex(row[0])
