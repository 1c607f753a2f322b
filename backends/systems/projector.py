"""Projectors on basis states: their mean is the probability of a bit string."""

from __future__ import annotations

from dataclasses import dataclass

from backends.systems.pauli import ComplexArray, PauliSum


@dataclass(frozen=True, slots=True)
class Projector:
    """``|b><b|`` of one basis state.

    Attributes:
        bits: Bit ``q`` is qubit ``q``.
    """

    qubits: int
    bits: int

    @property
    def mixed_value(self) -> float:
        """Value in the maximally mixed state, ``2^-n``."""
        return 2.0**-self.qubits

    def expectation(self, state: ComplexArray) -> float:
        """Probability of the bit string in a normalised state of shape ``(2**n,)``."""
        return float(abs(state[self.bits]) ** 2)


Measurable = PauliSum | Projector
"""What has an expectation value."""
