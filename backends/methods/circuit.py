"""Circuits as plain hashable values, which each simulator writes in its own language.

Angles are columns of a table with one row per point, so that one structure serves a whole sweep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from backends.systems.pauli import PauliWord

FIXED = {
    "x": 1, "y": 1, "z": 1, "h": 1, "s": 1, "sdg": 1, "t": 1, "tdg": 1, "sx": 1, "sxdg": 1,
    "cx": 2, "cz": 2, "swap": 2,
}  # fmt: skip
TURNED = {"rx": 1, "ry": 1, "rz": 1, "rzz": 2}
NATIVE = {"ecr": 2}  # occurs in compiled circuits of some devices only
CLIFFORD = (frozenset(FIXED) | frozenset(NATIVE)) - {"t", "tdg"}


@dataclass(frozen=True, slots=True)
class Gate:
    """A standard gate (names of OpenQASM's ``stdgates.inc``).

    Attributes:
        name: One of `FIXED` or `TURNED`; ``rzz(a) = exp(-i a ZZ / 2)``.
        qubits: The control of ``cx`` first.
        angle: Column of its angle, for one of `TURNED`.
    """

    name: str
    qubits: tuple[int, ...]
    angle: int | None = None


@dataclass(frozen=True, slots=True)
class Circuit:
    """Gates on qubits that start in 0, with ``T`` angles left open."""

    qubits: int
    gates: tuple[Gate, ...]
    angles: int = 0

    @property
    def structure(self) -> str:
        """Digest of everything but the angles."""
        gates = ";".join(f"{g.name} {g.qubits} {g.angle}" for g in self.gates)
        return hashlib.sha256(f"{self.qubits}:{gates}".encode()).hexdigest()[:32]

    @property
    def two_qubit_gates(self) -> int:
        return sum(len(gate.qubits) == 2 for gate in self.gates)

    @property
    def depth(self) -> int:
        """Number of layers of gates on disjoint qubits."""
        level = [0] * self.qubits
        for gate in self.gates:
            reached = 1 + max(level[qubit] for qubit in gate.qubits)
            for qubit in gate.qubits:
                level[qubit] = reached
        return max(level, default=0)

    @property
    def clifford(self) -> bool:
        """Whether every gate is a Clifford gate whatever the angles are."""
        return all(gate.name in CLIFFORD for gate in self.gates)


def rotation(word: PauliWord, column: int) -> Iterator[Gate]:
    """``exp(-i angle P / 2)``: collect the parity of the support on its last qubit and turn it.

    One and two qubits use the gates of `TURNED` as they are.
    """
    support = tuple(q for q in range(word.support.bit_length()) if word.support >> q & 1)
    if len(support) == 1:
        yield Gate("r" + word.letter(support[0]).lower(), support, column)
        return
    yield from to_z(word)
    if len(support) == 2:
        yield Gate("rzz", support, column)
    else:
        ladder = [Gate("cx", pair) for pair in pairwise(support)]
        yield from ladder
        yield Gate("rz", support[-1:], column)
        yield from reversed(ladder)
    yield from from_z(word)


def to_z(word: PauliWord) -> Iterator[Gate]:
    """Turn the eigenbasis of a word's letters into that of Z: before measuring it."""
    for qubit in range(word.support.bit_length()):
        if word.letter(qubit) == "Y":
            yield Gate("sdg", (qubit,))
        if word.letter(qubit) in "XY":
            yield Gate("h", (qubit,))


def from_z(word: PauliWord) -> Iterator[Gate]:
    """The inverse of `to_z`."""
    for qubit in range(word.support.bit_length()):
        if word.letter(qubit) in "XY":
            yield Gate("h", (qubit,))
        if word.letter(qubit) == "Y":
            yield Gate("s", (qubit,))


def product_state(letters: str) -> Iterator[Gate]:
    """Prepare one of ``0 1 + -`` on each qubit, qubit 0 rightmost."""
    for qubit, letter in enumerate(reversed(letters)):
        if letter in "1-":
            yield Gate("x", (qubit,))
        if letter in "+-":
            yield Gate("h", (qubit,))


def basis_state(bits: int) -> Iterator[Gate]:
    """Prepare a basis state."""
    for qubit in range(bits.bit_length()):
        if bits >> qubit & 1:
            yield Gate("x", (qubit,))
