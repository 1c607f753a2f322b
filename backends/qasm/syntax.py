"""What a program consists of, after it is read and before its gates are expanded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from backends.qasm.arithmetic import Arithmetic, Value
from backends.qasm.library import Standard


class Operand(NamedTuple):
    """A register, one of its qubits, or a qubit of a gate's definition."""

    register: str
    place: Arithmetic | None
    line: int


class Modifier(NamedTuple):
    """``ctrl``, ``negctrl``, ``inv`` or ``pow`` before a gate, with its number."""

    kind: str
    number: Arithmetic | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One gate, applied."""

    gate: str
    modifiers: tuple[Modifier, ...]
    angles: tuple[Arithmetic, ...]
    operands: tuple[Operand, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Measure:
    """Qubits that are measured."""

    operands: tuple[Operand, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Loop:
    """Statements repeated for each value of an integer.

    Attributes:
        bounds: First and last, or first, step and last; or, of a set, every value.
    """

    variable: str
    bounds: tuple[Arithmetic, ...]
    is_set: bool
    body: tuple[Statement, ...]
    line: int


Statement = Call | Measure | Loop


@dataclass(frozen=True, slots=True)
class Definition:
    """A gate of the program's own."""

    angles: tuple[str, ...]
    qubits: tuple[str, ...]
    body: tuple[Call, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """A whole program.

    Attributes:
        registers: First qubit and number of qubits, by name, in the order of declaration.
        inputs: Names in the order of declaration.
        library: Gates that it has not defined itself.
    """

    registers: dict[str, tuple[int, int]]
    inputs: tuple[str, ...]
    constants: dict[str, Value]
    definitions: dict[str, Definition]
    library: dict[str, Standard]
    statements: tuple[Statement, ...]
