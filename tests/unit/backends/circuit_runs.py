"""Runs of a circuit for simulators, and a slow simulation that shares no code with them.

Noise acts by its Kraus operators in full dimension.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backends.methods.circuit import FIXED, TURNED, Circuit, Gate
from backends.methods.program import Part
from backends.simulators.circuit_backend import Run
from backends.systems.pauli import PauliSum, PauliWord
from tests.unit.backends.dense import ONE, PAULI, X, Y, Z, word

PAULIS = tuple(PAULI.values())


def run_of(
    circuit: Circuit,
    angles: Sequence[Sequence[float]] | np.ndarray = ((),),
    *,
    bases: Sequence[str] = (),
    shots: int = 0,
    seed: int = 1,
    settings: Mapping[str, Any] | None = None,
    knobs: Mapping[str, Any] | None = None,
) -> Run:
    table = np.array(angles, dtype=float).reshape(len(angles), circuit.angles)
    return Run(
        part=Part(rows=np.arange(len(table)), circuit=circuit, angles=table),
        bases=tuple(map(PauliWord.parse, bases)),
        shots=shots,
        seed=seed,
        settings=settings or {},
        knobs=knobs or {},
    )


def every_gate(qubits: int) -> Circuit:
    """A circuit that uses each gate twice, on neighbours and on far qubits."""
    gates: list[Gate] = []
    angles = 0
    for turn in range(2):
        for place, (name, size) in enumerate((FIXED | TURNED).items()):
            first = (place + turn) % qubits
            on = (first, (first + 1 + place % (qubits - 1)) % qubits)[:size]
            gates.append(Gate(name, on, angles if name in TURNED else None))
            angles += name in TURNED
    return Circuit(qubits, tuple(gates), angles)


def words(*labels: str) -> list[PauliSum]:
    return [PauliSum(len(label), {PauliWord.parse(label): 1.0}) for label in labels]


def dense(circuit: Circuit, angles: Sequence[float], noise: Mapping[str, float]) -> np.ndarray:
    """The density matrix that a circuit with our noise prepares."""
    size = 2**circuit.qubits
    density = np.zeros((size, size), dtype=complex)
    density[0, 0] = 1
    for gate in circuit.gates:
        unitary = _on(_matrix(gate, angles), gate.qubits, circuit.qubits)
        density = unitary @ density @ unitary.conj().T
        for kraus, qubits in _channels(gate, noise):
            wide = [_on(one, qubits, circuit.qubits) for one in kraus]
            density = sum(one @ density @ one.conj().T for one in wide)
    return density


def mean(density: np.ndarray, label: str, flip: float = 0.0) -> float:
    kept = (1 - 2 * flip) ** sum(letter != "I" for letter in label)
    return float(np.trace(word(label) @ density).real * kept)


def _channels(gate: Gate, noise: Mapping[str, float]) -> list[tuple[list[Any], tuple[int, ...]]]:
    size = len(gate.qubits)
    found: list[tuple[list[Any], tuple[int, ...]]] = []
    chance = noise.get(f"depolarizing_{size}q", 0.0)
    if chance:  # (1 - p) rho + p I/d is the sum over all Paulis, each with p / 4^k
        every = PAULIS if size == 1 else [np.kron(a, b) for a in PAULIS for b in PAULIS]
        share = chance / 4**size
        weights = [1 - chance + share, *[share] * (4**size - 1)]
        kraus = [np.sqrt(w) * p for w, p in zip(weights, every, strict=True)]
        found.append((kraus, gate.qubits))
    decay = noise.get("amplitude_damping", 0.0)
    if decay:
        stay, fall = np.diag([1, np.sqrt(1 - decay)]), np.array([[0, np.sqrt(decay)], [0, 0]])
        found += [([stay, fall], (qubit,)) for qubit in gate.qubits]
    return found


def _matrix(gate: Gate, angles: Sequence[float]) -> np.ndarray:
    if gate.angle is not None:
        axis = {"rx": X, "ry": Y, "rz": Z, "rzz": np.kron(Z, Z)}[gate.name]
        half = angles[gate.angle] / 2
        turned: np.ndarray = np.cos(half) * np.eye(len(axis)) - 1j * np.sin(half) * axis
        return turned
    s, t = np.diag([1, 1j]), np.diag([1, np.exp(1j * np.pi / 4)])
    sx = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
    known = {
        "x": X, "y": Y, "z": Z, "h": (X + Z) / np.sqrt(2), "s": s, "sdg": s.conj(), "t": t,
        "tdg": t.conj(), "sx": sx, "sxdg": sx.conj().T, "cz": np.diag([1, 1, 1, -1]),
        "cx": np.kron(np.diag([1, 0]), ONE) + np.kron(np.diag([0, 1]), X),
        "swap": (sum(np.kron(p, p) for p in PAULIS)) / 2,
    }  # fmt: skip
    return np.asarray(known[gate.name])


def _on(matrix: np.ndarray, qubits: Sequence[int], size: int) -> np.ndarray:
    """A matrix on some qubits, the first its most significant, among all, qubit 0 the lowest."""
    wide = np.zeros((2**size, 2**size), dtype=complex)
    for column in range(2**size):
        inside = int("".join(str(column >> q & 1) for q in qubits), 2)
        rest = column & ~sum(1 << q for q in qubits)
        for outside in range(len(matrix)):
            bits = [outside >> (len(qubits) - 1 - k) & 1 for k in range(len(qubits))]
            row = rest | sum(bit << q for bit, q in zip(bits, qubits, strict=True))
            wide[row, column] += matrix[outside, inside]
    return wide
