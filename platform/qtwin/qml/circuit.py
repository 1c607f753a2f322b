"""Circuits with free angles, run exactly for a batch of angles at once.

``B`` sets of angles, ``A`` angles, ``n`` qubits. Qubit 0 is the rightmost bit of an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.qml.gate import Gate

ComplexArray: TypeAlias = NDArray[np.complex128]

MOST_QUBITS = 16
_HALF = 1 / np.sqrt(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Gates on qubits that start in 0.

    Attributes:
        qubits: 1 to 16.
        gates: In the order of time.
        angles: How many free angles there are; gates may share one.
    """

    qubits: int
    gates: tuple[Gate, ...]
    angles: int

    def __post_init__(self) -> None:
        if not 1 <= self.qubits <= MOST_QUBITS:
            raise ValueError(f"qubits is {self.qubits}; allowed: 1 to {MOST_QUBITS}")
        for gate in self.gates:
            if not all(0 <= qubit < self.qubits for qubit in gate.on):
                raise ValueError(f"{gate.name} on {gate.on}; allowed: 0 to {self.qubits - 1}")
            if gate.slot is not None and not 0 <= gate.slot < self.angles:
                raise ValueError(f"angle {gate.slot}; allowed: 0 to {self.angles - 1}")

    def inverse(self) -> Circuit:
        """The circuit that undoes this one, at the same angles."""
        undone = tuple(gate.undone() for gate in reversed(self.gates))
        return Circuit(qubits=self.qubits, gates=undone, angles=self.angles)

    def then(self, other: Circuit) -> Circuit:
        """Both, one after the other; the other's angles come after this one's."""
        if other.qubits != self.qubits:
            raise ValueError(f"{other.qubits} qubits after {self.qubits}")
        later = tuple(gate.moved(self.angles) for gate in other.gates)
        return Circuit(
            qubits=self.qubits, gates=self.gates + later, angles=self.angles + other.angles
        )

    def states(self, angles: FloatArray) -> ComplexArray:
        """Final states at angles of shape ``(B, A)``, in radians; shape ``(B, 2**n)``.

        Raises:
            ValueError: The angles have another shape, or are not finite.
        """
        if angles.ndim != 2 or angles.shape[1] != self.angles or not np.isfinite(angles).all():
            raise ValueError(
                f"angles have shape {angles.shape}, or are not finite; allowed: (B, {self.angles})"
            )
        states = np.zeros((len(angles), 2**self.qubits), dtype=np.complex128)
        states[:, 0] = 1
        for gate in self.gates:
            turned = None if gate.slot is None else 0.5 * gate.sign * angles[:, gate.slot]
            states = _applied(gate, states, turned)
        return states

    def qasm(self, names: Sequence[str], inputs: Sequence[str] = ()) -> str:
        """The program in OpenQASM 3, each angle written as the expression in ``names``.

        Args:
            names: One expression per angle.
            inputs: Free parameters that occur in them.
        """
        lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
        lines += [f"input float {name};" for name in inputs]
        lines.append(f"qubit[{self.qubits}] q;")
        for gate in self.gates:
            sign = "-" if gate.sign < 0 else ""
            angle = "" if gate.slot is None else f"({sign}({names[gate.slot]}))"
            lines.append(f"{gate.name}{angle} {', '.join(f'q[{qubit}]' for qubit in gate.on)};")
        return "\n".join(lines) + "\n"


def _applied(gate: Gate, states: ComplexArray, half: FloatArray | None) -> ComplexArray:
    """The states after one gate; ``half`` the half angles, shape ``(B,)``."""
    if gate.name in ("rz", "rzz") and half is not None:
        turned: ComplexArray = states * np.exp(-1j * half[:, None] * _parity(gate, states.shape[1]))
        return turned
    if gate.name == "cz":
        return _flipped_sign(gate, states)
    if gate.name in ("x", "cx"):
        return _flipped_bit(gate, states)
    return _rotated(gate, states, half)


def _bit(qubit: int, size: int) -> NDArray[np.int64]:
    """Of each index, shape ``(2**n,)``."""
    bits: NDArray[np.int64] = (np.arange(size) >> qubit) & 1
    return bits


def _parity(gate: Gate, size: int) -> NDArray[np.int64]:
    """±1: the product of Z on the gate's qubits, shape ``(2**n,)``."""
    parity = np.ones(size, dtype=np.int64)
    for qubit in gate.on:
        parity *= 1 - 2 * _bit(qubit, size)
    return parity


def _flipped_sign(gate: Gate, states: ComplexArray) -> ComplexArray:
    both = _bit(gate.on[0], states.shape[1]) & _bit(gate.on[1], states.shape[1])
    return states * (1 - 2 * both)


def _flipped_bit(gate: Gate, states: ComplexArray) -> ComplexArray:
    index = np.arange(states.shape[1])
    flip = 1 if gate.name == "x" else _bit(gate.on[0], len(index))
    return states[:, index ^ (flip << gate.on[-1])]


def _rotated(gate: Gate, states: ComplexArray, half: FloatArray | None) -> ComplexArray:
    """One qubit mixed with itself: H, RX or RY."""
    low = 2 ** gate.on[0]
    pairs = states.reshape(len(states), -1, 2, low)
    zero, one = pairs[:, :, 0], pairs[:, :, 1]
    if half is None:
        mixed = [_HALF * (zero + one), _HALF * (zero - one)]
    else:
        cos, sin = np.cos(half)[:, None, None], np.sin(half)[:, None, None]
        if gate.name == "rx":
            mixed = [cos * zero - 1j * sin * one, cos * one - 1j * sin * zero]
        else:
            mixed = [cos * zero - sin * one, cos * one + sin * zero]
    return np.stack(mixed, axis=2).reshape(states.shape)
