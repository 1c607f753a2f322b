"""Matrices of gates, and what Clifford gates do to Pauli words.

Index of a two-qubit matrix: the bit of the gate's first qubit plus twice that of its second.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from backends.methods.circuit import Gate
from backends.systems.pauli import ComplexArray, PauliSum, PauliWord

_ROOT = np.sqrt(0.5)
_PLAIN: dict[str, list[list[complex]]] = {
    "id": [[1, 0], [0, 1]],
    "x": [[0, 1], [1, 0]],
    "y": [[0, -1j], [1j, 0]],
    "z": [[1, 0], [0, -1]],
    "h": [[_ROOT, _ROOT], [_ROOT, -_ROOT]],
    "s": [[1, 0], [0, 1j]],
    "sdg": [[1, 0], [0, -1j]],
    "t": [[1, 0], [0, _ROOT + 1j * _ROOT]],
    "tdg": [[1, 0], [0, _ROOT - 1j * _ROOT]],
    "sx": [[(1 + 1j) / 2, (1 - 1j) / 2], [(1 - 1j) / 2, (1 + 1j) / 2]],
    "sxdg": [[(1 - 1j) / 2, (1 + 1j) / 2], [(1 + 1j) / 2, (1 - 1j) / 2]],
    "cx": [[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]],
    "cz": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, -1]],
    "swap": [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
    "ecr": [
        [0, _ROOT, 0, 1j * _ROOT],
        [_ROOT, 0, -1j * _ROOT, 0],
        [0, 1j * _ROOT, 0, _ROOT],
        [-1j * _ROOT, 0, _ROOT, 0],
    ],
}
GENERATORS = {
    "rx": PauliWord(1, 0),
    "ry": PauliWord(1, 1),
    "rz": PauliWord(0, 1),
    "rzz": PauliWord(0, 3),
}
OWN_INVERSE = frozenset({"id", "x", "y", "z", "h", "cx", "cz", "swap", "ecr"})
INVERSES = {"s": "sdg", "sdg": "s", "t": "tdg", "tdg": "t", "sxdg": "sx"}


def plain(name: str) -> ComplexArray:
    """Matrix of a gate without an angle."""
    return np.array(_PLAIN[name], dtype=np.complex128)


def generator(gate: Gate) -> PauliWord | None:
    """The word about which a gate turns, on the circuit's qubits; None for a Clifford gate."""
    if gate.name in {"t", "tdg"}:
        return PauliWord(0, 1 << gate.qubits[0])
    local = GENERATORS.get(gate.name)
    return local and PauliWord(_spread(local.x, gate.qubits), _spread(local.z, gate.qubits))


def conjugated(gate: Gate, word: PauliWord, *, inverse: bool = False) -> tuple[PauliWord, int]:
    """``U P U†`` of a Clifford gate (``U† P U`` for the inverse), and its sign."""
    local = (_gather(word.x, gate.qubits), _gather(word.z, gate.qubits))
    (x, z), sign = _images(gate.name, inverse)[local]
    mask = sum(1 << qubit for qubit in gate.qubits)
    moved = PauliWord(
        word.x & ~mask | _spread(x, gate.qubits), word.z & ~mask | _spread(z, gate.qubits)
    )
    return moved, sign


@cache
def _images(name: str, inverse: bool) -> dict[tuple[int, int], tuple[tuple[int, int], int]]:
    gate = plain(name)
    gate = gate.conj().T if inverse else gate
    size = len(gate).bit_length() - 1
    words = [(index >> size, index % 2**size) for index in range(4**size)]
    matrices = {word: PauliSum(size, {PauliWord(*word): 1.0}).matrix() for word in words}
    images = {}
    for word in words:
        moved = gate @ matrices[word] @ gate.conj().T
        for other in words:
            overlap = np.trace(matrices[other] @ moved).real / 2**size
            if abs(overlap) > 0.5:
                images[word] = (other, round(float(overlap)))
    return images


def _gather(bits: int, qubits: tuple[int, ...]) -> int:
    return sum((bits >> qubit & 1) << place for place, qubit in enumerate(qubits))


def _spread(bits: int, qubits: tuple[int, ...]) -> int:
    return sum((bits >> place & 1) << qubit for place, qubit in enumerate(qubits))
