"""One definition of gate and readout noise, for every simulator of density matrices.

The noise follows the gates of `backends.methods.circuit`, which each simulator runs as they are:

- ``depolarizing_1q``, ``depolarizing_2q``: after each gate on one or two qubits, these are replaced
  with this probability by the maximally mixed state,
  ``rho -> (1 - p) rho + p Tr_q(rho) x I / 2^k``;
- ``amplitude_damping``: then each qubit of the gate decays from 1 to 0 with this probability,
  ``K_0 = diag(1, sqrt(1 - g))``, ``K_1 = sqrt(g) |0><1|``;
- ``readout_error``: each measured bit is flipped with this probability.

Turning the eigenbasis of a measured word into that of Z belongs to the measurement and is free of
noise, so that a word's exact value is ``(1 - 2 p)^|P| Tr(P rho)`` whatever it is measured with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from backends.errors import ProgramRejected
from backends.methods.circuit import Gate
from backends.setting import Between, Settings


@dataclass(frozen=True, slots=True)
class Channel:
    """What happens to some qubits after a gate.

    Attributes:
        name: ``depolarizing`` of all its qubits together, or ``amplitude_damping`` of one.
        strength: A probability.
    """

    name: str
    qubits: tuple[int, ...]
    strength: float

    @property
    def pauli_probability(self) -> float:
        """Of a depolarizing channel: that one of the Paulis other than the identity acts."""
        outcomes = float(4 ** len(self.qubits))
        return self.strength * (outcomes - 1) / outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The settings of this module; all are probabilities."""

    depolarizing_1q: float = 0.0
    depolarizing_2q: float = 0.0
    amplitude_damping: float = 0.0
    readout_error: float = 0.0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From the settings of a source."""
        return cls(
            **{one.name: float(settings[one.name]) for one in fields(cls) if one.name in settings}
        )

    @property
    def in_gates(self) -> bool:
        """Whether a state vector is not enough."""
        return bool(self.depolarizing_1q or self.depolarizing_2q or self.amplitude_damping)

    def after(self, gate: Gate) -> Iterator[Channel]:
        """Channels that follow a gate, in order."""
        strength = self.depolarizing_1q if len(gate.qubits) == 1 else self.depolarizing_2q
        if strength:
            yield Channel("depolarizing", gate.qubits, strength)
        if self.amplitude_damping:
            for qubit in gate.qubits:
                yield Channel("amplitude_damping", (qubit,), self.amplitude_damping)


IDEAL = Noise()
SETTINGS: Settings = tuple((one.name, Between(0.0, 1.0)) for one in fields(Noise))


def check_size(backend: str, qubits: int, settings: Mapping[str, Any], most: int) -> None:
    """Refuse a density matrix that is too large; readout errors alone need none.

    Raises:
        ProgramRejected: Names the number of qubits.
    """
    if qubits > most and Noise.of(settings).in_gates:
        raise ProgramRejected(
            f"{qubits} qubits with noise in gates on {backend}; allowed: at most {most}",
            field="/system",
        )
