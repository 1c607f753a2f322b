"""Systems whose Hamiltonian and observables are Pauli sums on qubits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.system import System

HAMILTONIAN = "hamiltonian"


@dataclass(frozen=True, slots=True, kw_only=True)
class QubitSystem(System):
    """A family of Pauli sums over ``C`` controls."""

    @property
    @abstractmethod
    def qubits(self) -> int:
        """Number of qubits."""

    @abstractmethod
    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        """At each point of shape ``(P, C)``: the Hamiltonian and each linear observable by name.

        Observables that are no expectation value of an operator, such as a gap, are not in it.
        """
