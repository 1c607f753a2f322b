"""Bit string probabilities as Pauli sums, which every technique can mitigate.

``|b><b| = 2^-n sum_S (-1)^|b & S| Z_S`` over all sets ``S`` of qubits.
"""

from __future__ import annotations

from dataclasses import replace

from backends.errors import ProgramRejected
from backends.methods.program import Program
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.projector import Measurable, Projector

MOST_QUBITS = 8


def expanded(program: Program) -> Program:
    """The same program with Pauli sums only.

    Raises:
        ProgramRejected: A bit string has too many qubits.
    """
    operators = [[_sum(one) for one in row] for row in program.operators]
    excited = tuple(expanded(one) for one in program.excited)
    return replace(program, operators=operators, excited=excited)


def _sum(observable: Measurable) -> PauliSum:
    if not isinstance(observable, Projector):
        return observable
    if observable.qubits > MOST_QUBITS:
        raise ProgramRejected(
            f"mitigation of the probability of {observable.qubits} bits; allowed: at most "
            f"{MOST_QUBITS} bits",
            field="/observables",
        )
    size = observable.mixed_value
    return PauliSum(
        observable.qubits,
        {
            PauliWord(0, mask): size * (1 - 2 * ((mask & observable.bits).bit_count() & 1))
            for mask in range(2**observable.qubits)
        },
    )
