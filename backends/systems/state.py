"""Which state of a system is asked about: its ground state, a thermal or an evolved one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import Document
from backends.systems.expression import Expression

LETTERS = "01+-"
MOST_LETTERS = 200
"""That a document can hold; a longer initial state has one letter for all qubits."""
KINDS = ("ground", "thermal", "evolved")
MOST_KICKS = 200
CLIFFORD_COUPLING = "-pi/2"


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground state (the mean over a degenerate ground space)."""

    names: frozenset[str] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "ground"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thermal:
    """``exp(-H / T) / Z``, with the temperature in the unit of the energy (k_B = 1)."""

    temperature: Expression

    @property
    def names(self) -> frozenset[str]:
        return self.temperature.names

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "thermal", "temperature": self.temperature.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evolved:
    """``exp(-i H t)`` applied to a product state (hbar = 1).

    Attributes:
        initial: One of `LETTERS` per qubit, qubit 0 rightmost: Z up, Z down, X up, X down.
        time: In the inverse unit of the energy, not negative.
    """

    initial: str
    time: Expression

    @property
    def names(self) -> frozenset[str]:
        return self.time.names

    def to_dict(self) -> dict[str, Any]:
        size = len(self.initial)
        initial = self.initial if size <= MOST_LETTERS else f"{self.initial[0]}*{size}"
        return {"kind": "evolved", "initial": initial, "time": self.time.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kicked:
    """``steps`` times ``prod exp(-i theta_h X / 2)``, then ``prod exp(-i theta_j Z Z / 2)``.

    The kicks act on all sites and the couplings on all bonds of a lattice, in the order of Kim et
    al., Nature 618, 500 (2023), who take ``theta_j = -pi/2``.

    Attributes:
        initial: As that of `Evolved`.
        theta_j: Radians.
        theta_h: Radians.
    """

    initial: str
    steps: int
    theta_j: Expression
    theta_h: Expression

    @property
    def names(self) -> frozenset[str]:
        return self.theta_j.names | self.theta_h.names

    def angles(self, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
        """``theta_h`` and ``theta_j`` at ``P`` points, shape ``(P, 2)``."""
        both = (self.theta_h, self.theta_j)
        return np.stack([angle.values(columns, rows) for angle in both], axis=1)

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": "kicked",
            "initial": self.initial,
            "steps": self.steps,
            "theta_j": self.theta_j.source,
            "theta_h": self.theta_h.source,
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a circuit prepares from all zeros; no Hamiltonian is involved."""

    names: frozenset[str] = frozenset()

    def to_dict(self) -> dict[str, Any]:
        return {"kind": "prepared"}


State = Ground | Thermal | Evolved | Kicked | Prepared


def parse(
    document: Document,
    controls: Sequence[str],
    qubits: int,
    *,
    initial: str | None = None,
    time: float | str | None = None,
    kicked: bool = False,
) -> State:
    """Read the optional ``state`` of a system's document.

    Args:
        initial: Taken where an evolved state names none.
        time: Taken where an evolved state names none.
        kicked: Whether there are bonds and sites to kick.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    state = document.document("state")
    kind = state.choice("kind", (*KINDS, "kicked") if kicked else KINDS, "ground")
    if kind == "thermal":
        state.only("kind", "temperature")
        at = state.at("temperature")
        return Thermal(
            temperature=Expression.parse(state.entry("temperature", None), controls, at=at)
        )
    if kind == "evolved":
        state.only("kind", "initial", "time")
        initial = _letters(state, qubits, initial)
        duration = Expression.parse(state.entry("time", time), controls, at=state.at("time"))
        return Evolved(initial=initial, time=duration)
    if kind == "kicked":
        return _kicked(state, controls, qubits)
    state.only("kind")
    return Ground()


def _kicked(state: Document, controls: Sequence[str], qubits: int) -> Kicked:
    state.only("kind", "initial", "steps", "theta_j", "theta_h")
    defaults = {"theta_j": CLIFFORD_COUPLING, "theta_h": None}
    angles = {
        name: Expression.parse(state.entry(name, default), controls, at=state.at(name))
        for name, default in defaults.items()
    }
    return Kicked(
        initial=_letters(state, qubits, "0" * qubits),
        steps=state.integer("steps", 0, MOST_KICKS),
        **angles,
    )


def _letters(state: Document, qubits: int, default: str | None) -> str:
    """The initial product state; ``0*127`` is one letter for all qubits."""
    given = state.text("initial", default)
    letter, star, count = given.partition("*")
    initial = letter * qubits if star and len(letter) == 1 and count == str(qubits) else given
    if len(initial) != qubits or set(initial) - set(LETTERS):
        raise ProgramRejected(
            f"initial = {given!r}; allowed: {qubits} letters of {', '.join(LETTERS)}, "
            f"qubit 0 rightmost, or one letter for all such as 0*{qubits}",
            field=state.at("initial"),
        )
    return initial
