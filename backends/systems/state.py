"""Which state of a system is asked about: its ground state, a thermal one, or an evolved one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backends.errors import ProgramRejected
from backends.systems.document import Document
from backends.systems.expression import Expression

LETTERS = "01+-"
KINDS = ("ground", "thermal", "evolved")


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
        return {"kind": "evolved", "initial": self.initial, "time": self.time.source}


State = Ground | Thermal | Evolved


def parse(
    document: Document,
    controls: Sequence[str],
    qubits: int,
    *,
    initial: str | None = None,
    time: float | str | None = None,
) -> State:
    """Read the optional ``state`` of a system's document.

    Args:
        initial: Taken where an evolved state names none.
        time: Taken where an evolved state names none.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    state = document.document("state")
    kind = state.choice("kind", KINDS, "ground")
    if kind == "thermal":
        state.only("kind", "temperature")
        at = state.at("temperature")
        return Thermal(
            temperature=Expression.parse(state.entry("temperature", None), controls, at=at)
        )
    if kind == "evolved":
        state.only("kind", "initial", "time")
        initial = state.text("initial", initial)
        if len(initial) != qubits or set(initial) - set(LETTERS):
            raise ProgramRejected(
                f"initial = {initial!r}; allowed: {qubits} letters of {', '.join(LETTERS)}, "
                "qubit 0 rightmost",
                field=state.at("initial"),
            )
        duration = Expression.parse(state.entry("time", time), controls, at=state.at("time"))
        return Evolved(initial=initial, time=duration)
    state.only("kind")
    return Ground()
