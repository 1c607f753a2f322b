"""Drawing what is measured from a state, for simulators that give the state itself.

A measurement in the basis of a Pauli word turns each qubit by one matrix ``U`` and reads it. Of a
density matrix only ``diag(U rho U+)`` is wanted, which is built qubit by qubit: each step turns the
four numbers of one qubit's block into two.

Shapes use ``D = 2**n``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from backends.methods.expectation import flipped, populations
from backends.methods.grouping import all_z
from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliWord

_H = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
TURNS = {"X": _H, "Y": _H @ np.diag([1, -1j])}


def probabilities(state: ComplexArray, basis: PauliWord, *, flip: float = 0.0) -> FloatArray:
    """Probability of each outcome, shape ``(D,)``; bit ``q`` of its index is qubit ``q``.

    Args:
        state: State vector of shape ``(D,)`` or density matrix of shape ``(D, D)``.
        flip: Probability that a bit is read wrongly.
    """
    if not basis.x:
        seen = populations(state)
    elif state.ndim == 1:
        seen = populations(_turned(state, basis))
    else:
        seen = _turned_diagonal(state, basis)
    seen = flipped(seen, flip)
    shares: FloatArray = seen / seen.sum()
    return shares


def distributions(states: Iterable[ComplexArray], qubits: int, flip: float) -> Iterator[FloatArray]:
    """Probabilities of what is read in Z on all qubits, of states or density matrices."""
    return (probabilities(state, all_z(qubits), flip=flip) for state in states)


def draw(
    seen: FloatArray,
    shots: int,
    generator: np.random.Generator,
    places: Sequence[int] | None = None,
) -> dict[str, int]:
    """Counts of outcomes, bit 0 rightmost, of probabilities of shape ``(D,)``.

    Args:
        places: Which qubit each bit is read from; all in order by default.
    """
    qubits = len(seen).bit_length() - 1
    places = range(qubits) if places is None else places
    times = generator.multinomial(shots, seen)
    counts: dict[str, int] = {}
    for outcome in np.flatnonzero(times).tolist():
        bits = "".join(str(outcome >> place & 1) for place in reversed(places))
        counts[bits] = counts.get(bits, 0) + int(times[outcome])
    return dict(sorted(counts.items()))


def _turned(state: ComplexArray, basis: PauliWord) -> ComplexArray:
    qubits = len(state).bit_length() - 1
    for qubit in range(qubits):
        turn = TURNS.get(basis.letter(qubit))
        if turn is not None:
            state = np.matmul(turn, state.reshape(-1, 2, 2**qubit))
    return state.reshape(-1)


def _turned_diagonal(density: ComplexArray, basis: PauliWord) -> FloatArray:
    blocks = density[np.newaxis]
    for qubit in reversed(range(len(density).bit_length() - 1)):
        turn = TURNS.get(basis.letter(qubit), np.eye(2))
        rest = 2**qubit
        block = blocks.reshape(-1, 2, rest, 2, rest)
        both = [
            sum(
                turn[bit, i] * turn[bit, j].conj() * block[:, i, :, j, :]
                for i in (0, 1)
                for j in (0, 1)
                if turn[bit, i] and turn[bit, j]
            )
            for bit in (0, 1)
        ]
        blocks = np.stack(both, axis=1).reshape(-1, rest, rest)
    read: FloatArray = np.clip(blocks.real.reshape(-1), 0.0, None)
    return read
