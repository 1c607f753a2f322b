"""Trial states as a start followed by parametrised turns.

``|psi> = prod_k exp(-i theta_p(k) G_k / 2) |start>`` with Hermitian generators ``G_k``, each a real
sum of commuting Pauli words that flip the same qubits; fixed gates may stand between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from backends.methods.circuit import Circuit, Gate, rotation
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord


@dataclass(frozen=True, slots=True)
class Turn:
    """``exp(-i theta G / 2)`` with ``G = sum_k f_k P_k``.

    Attributes:
        words: Commuting words with equal ``x``, each with its factor ``f``.
        parameter: Which of the ansatz's ``T`` parameters is theta.
    """

    words: tuple[tuple[PauliWord, float], ...]
    parameter: int

    @property
    def x(self) -> int:
        """The qubits that it flips, as bits."""
        return self.words[0][0].x


@dataclass(frozen=True, kw_only=True)
class Ansatz:
    """A circuit structure with ``T`` parameters.

    Attributes:
        start: Fixed gates that prepare the state at which all parameters being 0 leaves it.
        steps: Turns, and fixed gates (``cx``), in the order of application.
        dominant: Parameters that a cold start does not leave at 0, with the values there.
    """

    name: str
    qubits: int
    start: tuple[Gate, ...]
    steps: tuple[Turn | Gate, ...]
    parameters: int
    dominant: tuple[tuple[int, float], ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(step for step in self.steps if isinstance(step, Turn))

    @property
    def single_frequency(self) -> bool:
        """Whether the energy along each parameter is one wave, as Rotosolve needs."""
        turns = self.turns
        alone = all(len(turn.words) == 1 and abs(turn.words[0][1]) == 1 for turn in turns)
        return alone and len({turn.parameter for turn in turns}) == len(turns)

    @cached_property
    def columns(self) -> tuple[tuple[int, float], ...]:
        """Parameter and factor of each of the ``K`` angles of the circuit."""
        pairs = ((t.parameter, factor) for t in self.turns for _, factor in t.words)
        return tuple(dict.fromkeys(pairs))

    @cached_property
    def circuit(self) -> Circuit:
        """The same as gates; words of one turn are exact in any order, since they commute."""
        place = {column: k for k, column in enumerate(self.columns)}
        gates = list(self.start)
        for step in self.steps:
            if isinstance(step, Gate):
                gates.append(step)
                continue
            for word, factor in step.words:
                gates += rotation(word, place[step.parameter, factor])
        return Circuit(self.qubits, tuple(gates), len(self.columns))

    def angles(self, parameters: FloatArray) -> FloatArray:
        """Angles of the circuit, shape ``(B, K)``, for parameters of shape ``(B, T)``."""
        which = [parameter for parameter, _ in self.columns]
        made: FloatArray = parameters[:, which] * [factor for _, factor in self.columns]
        return made
