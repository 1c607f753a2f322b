"""What an agent is to reach: a fidelity, an order parameter, or another observable of the system.

``B`` states of ``n`` qubits, qubit 0 rightmost in bit strings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.dynamics.driven import product_state
from backends.errors import ProgramRejected
from backends.systems.document import Document
from backends.systems.pauli import ComplexArray, PauliSum, PauliWord
from backends.systems.state import LETTERS
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.driven import Driven

FIDELITY, Z2 = "fidelity", "z2_probability"
SENSES = ("maximise", "minimise")
PATTERNS = ("both", "one")
GHZ = "ghz"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Goal:
    """A number that every state has, of which more (or less) is better.

    Attributes:
        target: As the document says it; empty where the measure has none.
        diagonal: Its value in each basis state, shape ``(2**n,)``; None where shots in the basis
            of the bits do not tell it.
        state: Of which it is the fidelity, shape ``(2**n,)``, or None.
        operator: Whose mean it is, or None.
        lower: Least value that it can have.
        upper: Largest.
    """

    measure: str
    target: str
    sense: str
    lower: float
    upper: float
    diagonal: FloatArray | None = None
    state: ComplexArray | None = None
    operator: PauliSum | None = None

    @classmethod
    def parse(cls, document: Document, driven: Driven) -> Goal:
        """Read ``measure``, ``target`` and ``sense``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only("measure", "target", "sense")
        own = driven.operators()
        ordered = (Z2,) if driven.signs is not None else ()
        measure = document.choice("measure", (FIDELITY, *ordered, *own))
        if measure not in {FIDELITY, Z2} and document.entry("target", None) is not None:
            raise ProgramRejected(
                f"target of {measure}; allowed: leave it out", field=document.at("target")
            )
        low = SENSES[1] if measure == "energy" else SENSES[0]
        found: dict[str, Any] = {"sense": document.choice("sense", SENSES, low)}
        if measure == FIDELITY:
            found |= _fidelity(document, driven.qubits)
        elif measure == Z2:
            found |= _pattern(document, driven)
        else:
            found |= {"target": "", **_observable(own[measure])}
        return cls(measure=measure, **found)

    @property
    def sign(self) -> float:
        """1 where more is better, else -1."""
        return 1.0 if self.sense == SENSES[0] else -1.0

    def values(self, states: ComplexArray) -> FloatArray:
        """Of pure states of shape ``(B, 2**n)``, shape ``(B,)``."""
        if self.diagonal is not None:
            return self.means(np.abs(states) ** 2)
        if self.state is not None:
            overlaps = np.einsum("bi,i->b", states, self.state.conj())
            return np.asarray(np.abs(overlaps) ** 2)
        assert self.operator is not None
        applied = np.stack([self.operator.apply(state) for state in states])
        return np.asarray(np.einsum("bi,bi->b", states.conj(), applied).real)

    def means(self, chances: FloatArray) -> FloatArray:
        """From probabilities of the basis states or shares of shots, shape ``(B, 2**n)``."""
        assert self.diagonal is not None
        return np.asarray(np.einsum("bi,i->b", chances, self.diagonal))

    def to_dict(self) -> dict[str, Any]:
        """The fields that `parse` reads."""
        target = {"target": self.target} if self.target else {}
        return {"measure": self.measure, **target, "sense": self.sense}


def _fidelity(document: Document, qubits: int) -> dict[str, Any]:
    target = document.text("target")
    if target != GHZ and (len(target) != qubits or set(target) - set(LETTERS)):
        raise ProgramRejected(
            f"target = {target!r}; allowed: {qubits} of {LETTERS}, qubit 0 rightmost, or {GHZ}",
            field=document.at("target"),
        )
    found: dict[str, Any] = {"target": target, "lower": 0.0, "upper": 1.0}
    if not set(target) - set("01"):
        return {**found, "diagonal": _indicator(qubits, int(target, 2))}
    if target == GHZ:
        state = np.zeros(2**qubits, dtype=np.complex128)
        state[[0, -1]] = np.sqrt(0.5)
        return {**found, "state": state}
    return {**found, "state": product_state(target)}


def _pattern(document: Document, driven: Driven) -> dict[str, Any]:
    """Every second qubit 1: the first, third and so on, or the others."""
    signs = np.array(driven.signs)
    odd = int(signs.sum()) != 0
    target = document.choice("target", PATTERNS, "one" if odd else "both")
    places = 2 ** np.arange(driven.qubits)
    first, second = int(places[signs > 0].sum()), int(places[signs < 0].sum())
    diagonal = _indicator(driven.qubits, first)
    if target == "both":
        diagonal += _indicator(driven.qubits, second)
    return {"target": target, "lower": 0.0, "upper": 1.0, "diagonal": diagonal}


def _observable(operator: PauliSum | FloatArray) -> dict[str, Any]:
    if not isinstance(operator, PauliSum):
        return {
            "diagonal": operator,
            "lower": float(operator.min()),
            "upper": float(operator.max()),
        }
    if any(word.x for word in operator.terms):
        most = sum(abs(c) for word, c in operator.terms.items() if word.support)
        middle = operator.terms.get(PauliWord(0, 0), 0.0)
        return {"operator": operator, "lower": middle - most, "upper": middle + most}
    return _observable(diagonal_of(operator))


def diagonal_of(operator: PauliSum) -> FloatArray:
    """Values in the basis states, shape ``(2**n,)``, of a sum of words of I and Z."""
    index = np.arange(2**operator.qubits)
    values = np.zeros(len(index))
    for word, coefficient in operator.terms.items():
        values += coefficient * (1.0 - 2.0 * (np.bitwise_count(index & word.z) & 1))
    return values


def _indicator(qubits: int, bits: int) -> FloatArray:
    diagonal = np.zeros(2**qubits)
    diagonal[bits] = 1.0
    return diagonal
