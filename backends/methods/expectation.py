"""Exact values of many observables in many states.

A Pauli word moves each basis state ``j`` to ``j ^ x`` with a phase, so that
``<P> = sum_j phase_j conj(psi[j ^ x]) psi[j]`` and ``Tr(P rho) = sum_j phase_j rho[j, j ^ x]``.
Each word is evaluated once, whatever the number of observables it occurs in.

Shapes use ``R`` for states, ``D = 2**n``, ``O`` for observables and ``W`` for words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from backends.schema.experiment import FloatArray
from backends.systems.pauli import ComplexArray, PauliSum, PauliWord
from backends.systems.projector import Measurable

Operators = Sequence[Sequence[Measurable]]


def expectations(
    states: Iterable[ComplexArray], operators: Operators, *, flip: float = 0.0
) -> FloatArray:
    """Value of each observable in its row's state, shape ``(R, O)``.

    Args:
        states: State vectors of shape ``(D,)`` or density matrices of shape ``(D, D)``, normalised.
        operators: For each state, its ``O`` observables; those that are no Pauli sum are diagonal.
        flip: Probability that a measured bit is read wrongly, which multiplies a word's value by
            ``1 - 2 flip`` for each qubit that it acts on.
    """
    words = sorted({word for row in operators for word in words_of(row)}, key=lambda w: (w.x, w.z))
    values = np.empty((len(operators), len(operators[0])))
    for row, state in enumerate(states):
        means = word_means(state, words) * damping(words, flip)
        values[row] = [
            combine(operator, words, means)
            if isinstance(operator, PauliSum)
            else operator.expectation(np.sqrt(flipped(populations(state), flip)))
            for operator in operators[row]
        ]
    return values


def words_of(operators: Iterable[Measurable]) -> set[PauliWord]:
    """Words of those operators that are Pauli sums."""
    sums = (operator for operator in operators if isinstance(operator, PauliSum))
    return {word for operator in sums for word in operator.terms}


def combine(operator: PauliSum, words: Sequence[PauliWord], means: FloatArray) -> float:
    """The sum's value from those of words, shape ``(W,)``."""
    return float(np.dot([operator.terms.get(word, 0.0) for word in words], means))


def word_means(state: ComplexArray, words: Sequence[PauliWord]) -> FloatArray:
    """Value of each word, shape ``(W,)``, in a state vector or a density matrix."""
    index = np.arange(len(state))
    means = np.empty(len(words))
    for column, word in enumerate(words):
        signs = 1.0 - 2.0 * (np.bitwise_count(index & word.z) & 1)
        phase = 1j ** (word.x & word.z).bit_count()
        moved = index ^ word.x
        pairs = state[index, moved] if state.ndim == 2 else state[moved].conj() * state
        means[column] = (phase * (signs @ pairs)).real
    return means


def damping(words: Sequence[PauliWord], flip: float) -> FloatArray:
    """What symmetric readout errors leave of each word's value, shape ``(W,)``."""
    return np.array([(1 - 2 * flip) ** word.support.bit_count() for word in words])


def populations(state: ComplexArray) -> FloatArray:
    """Probability of each basis state, shape ``(D,)``."""
    seen = state.diagonal().real if state.ndim == 2 else np.abs(state) ** 2
    positive: FloatArray = np.clip(seen, 0.0, None)
    return positive


def flipped(probabilities: FloatArray, flip: float) -> FloatArray:
    """Probabilities of what is read when each bit is flipped with a probability."""
    if not flip:
        return probabilities
    index, read = np.arange(len(probabilities)), probabilities
    for qubit in range(len(probabilities).bit_length() - 1):
        read = (1 - flip) * read + flip * read[index ^ (1 << qubit)]
    return read
