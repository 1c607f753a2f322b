"""One step of time-evolving block decimation: Vidal, Phys. Rev. Lett. 93, 040502 (2004).

The Hamiltonian is a sum of gates on at most two qubits, however far apart, and of single longer
words. Gates of which no two share a qubit make a layer. The second-order product of layers is
composed to the fourth order, ``S_4(t) = S_2(p t)^2 S_2((1 - 4 p) t) S_2(p t)^2`` with
``p = 1 / (4 - 4^(1/3))``: Suzuki, Phys. Lett. A 146, 319 (1990).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from backends.systems.pauli import PauliSum, PauliWord
from backends.tensor.train import Tensor, Train

_SUZUKI = 1 / (4 - 4 ** (1 / 3))
FOURTH_ORDER = (_SUZUKI, _SUZUKI, 1 - 4 * _SUZUKI, _SUZUKI, _SUZUKI)
SMALLEST = 1e-14


@dataclass(frozen=True, slots=True)
class Gate:
    """A part of a Hamiltonian: words on the same qubits and, with a pair, on one of the two."""

    qubits: tuple[int, ...]
    words: tuple[tuple[PauliWord, float], ...]

    def unitary(self, time: float) -> tuple[int, list[Tensor]]:
        """First site, and tensors of ``exp(-i time gate)`` for `Train.apply`."""
        if len(self.qubits) > 2:
            return self.qubits[0], _word(self.words[0][0], self.words[0][1] * time)
        place = {qubit: index for index, qubit in enumerate(self.qubits)}
        small = {_moved(word, place): value for word, value in self.words}
        levels, states = np.linalg.eigh(PauliSum(len(place), small).matrix())
        matrix = (states * np.exp(-1j * time * levels)) @ states.conj().T
        if len(place) == 1:
            return self.qubits[0], [matrix.reshape(1, 1, 2, 2)]
        return self.qubits[0], _pair(matrix, self.qubits[1] - self.qubits[0] - 1)


def layers(hamiltonian: PauliSum) -> list[list[Gate]]:
    """Gates whose sum is the Hamiltonian without its constant, by layers."""
    by_qubits: dict[tuple[int, ...], list[tuple[PauliWord, float]]] = defaultdict(list)
    for word, value in hamiltonian.terms.items():
        if word.support:
            by_qubits[qubits_of(word)].append((word, value))
    pairs = [qubits for qubits in by_qubits if len(qubits) == 2]
    for alone in [qubits for qubits in by_qubits if len(qubits) == 1]:
        touching = [pair for pair in pairs if alone[0] in pair]
        words = by_qubits.pop(alone) if touching else []
        for pair in touching:
            by_qubits[pair] += [(word, value / len(touching)) for word, value in words]
    found: list[list[Gate]] = []
    for qubits in sorted(by_qubits):
        words = by_qubits[qubits]
        split = [tuple(words)] if len(qubits) <= 2 else [(word,) for word in words]
        for part in split:
            _place(found, Gate(qubits, part))
    return found


def qubits_of(word: PauliWord) -> tuple[int, ...]:
    """Qubits on which a word acts, ascending."""
    return tuple(q for q in range(word.support.bit_length()) if word.support >> q & 1)


class Step:
    """A fourth-order step of one length."""

    def __init__(self, gates: list[list[Gate]], time: float) -> None:
        count = len(gates)
        sequence: list[tuple[int, float]] = []
        for share in FOURTH_ORDER:
            half = share * time / 2
            for layer in [*range(count), *reversed(range(count))]:
                if sequence and sequence[-1][0] == layer:
                    sequence[-1] = layer, sequence[-1][1] + half
                else:
                    sequence.append((layer, half))
        built = {one: [g.unitary(one[1]) for g in gates[one[0]]] for one in set(sequence)}
        self._layers = [built[one] for one in sequence]

    def apply(self, state: Train) -> None:
        """Evolve a state, sweeping from whichever end is nearer."""
        for layer in self._layers:
            near_right = state.centre > len(state.tensors) // 2
            for first, operator in reversed(layer) if near_right else layer:
                state.apply(first, operator)


def _place(found: list[list[Gate]], gate: Gate) -> None:
    for layer in found:
        if all(not set(gate.qubits) & set(other.qubits) for other in layer):
            layer.append(gate)
            return
    found.append([gate])


def _moved(word: PauliWord, place: dict[int, int]) -> PauliWord:
    bits = [(word.x >> q & 1, word.z >> q & 1, index) for q, index in place.items()]
    return PauliWord(sum(x << k for x, _, k in bits), sum(z << k for _, z, k in bits))


def _pair(matrix: Tensor, between: int) -> list[Tensor]:
    """Split a matrix on two qubits, the first of which is the lower bit; identities between."""
    table = matrix.reshape(2, 2, 2, 2).transpose(1, 3, 0, 2).reshape(4, 4)
    u, weights, v = np.linalg.svd(table)
    kept = int(np.sum(weights > SMALLEST * weights[0]))
    left = (u[:, :kept] * weights[:kept]).T.reshape(1, kept, 2, 2)
    right = v[:kept].reshape(kept, 1, 2, 2)
    return [left, *[np.einsum("ab,st->abst", np.eye(kept), np.eye(2))] * between, right]


def _word(word: PauliWord, angle: float) -> list[Tensor]:
    """``cos(angle) - i sin(angle) word`` on all sites from its first to its last."""
    qubits = qubits_of(word)
    tensors = []
    for qubit in range(qubits[0], qubits[-1] + 1):
        here = PauliWord(word.x >> qubit & 1, word.z >> qubit & 1)
        tensor = np.zeros((2, 2, 2, 2), dtype=np.complex128)
        tensor[0, 0] = np.eye(2)
        tensor[1, 1] = PauliSum(1, {here: 1.0}).matrix()
        tensors.append(tensor)
    ends = np.array([np.cos(angle), -1j * np.sin(angle)])
    tensors[0] = np.einsum("a,abst->bst", ends, tensors[0])[None]
    tensors[-1] = tensors[-1].sum(axis=1, keepdims=True)
    return tensors
