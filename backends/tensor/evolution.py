"""Time evolution at a bond dimension, and how much a finer calculation changes it.

States are kept at multiples of one step; a time between two of them is reached by one shorter step
from the earlier. So no time's value depends on which others are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backends.schema.experiment import FloatArray
from backends.systems import qubit_observables as named
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable
from backends.tensor.automaton import automaton
from backends.tensor.ground import Answer
from backends.tensor.strings import strings
from backends.tensor.train import Train
from backends.tensor.trotter_step import Step, layers, qubits_of

STEP = 0.1
"""Longest step times the largest sum of coefficients on one qubit."""
NO_TIME = 1e-12


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """One Hamiltonian at several times.

    Attributes:
        initial: Product state as in `backends.systems.state.Evolved`.
        times: Shape ``(P,)``, not negative.
        measured: Observables of each time.
    """

    hamiltonian: PauliSum
    initial: str
    times: FloatArray
    measured: Sequence[Mapping[str, Measurable]]
    names: Sequence[str]

    def answers(self, bond_dimension: int, step: float) -> list[Answer]:
        """Values at a bond dimension and step, against twice the first and half the second."""
        coarse = list(self._run(bond_dimension, step))
        fine = list(self._run(2 * bond_dimension, step / 2))
        return [
            Answer(
                values=values,
                errors=[abs(a - b) for a, b in zip(values, finer, strict=True)],
                facts={
                    "bond_dimension": bond_dimension,
                    "bond_dimension_reached": max(t.shape[2] for t in state.tensors),
                    "discarded_weight": state.discarded,
                    "time_step": step,
                },
            )
            for (values, state), (finer, _) in zip(coarse, fine, strict=True)
        ]

    def _run(self, bond_dimension: int, step: float) -> Iterator[tuple[list[float], Train]]:
        found: dict[int, tuple[list[float], Train]] = {}
        gates = layers(self.hamiltonian)
        whole = Step(gates, step)
        state = Train.product(self.initial, bond_dimension)
        done = 0
        for row in np.argsort(self.times, kind="stable").tolist():
            count = int(np.floor(self.times[row] / step + NO_TIME))
            while done < count:
                whole.apply(state)
                done += 1
            here = state.copy()
            rest = float(self.times[row]) - count * step
            if rest > NO_TIME * step:
                Step(gates, rest).apply(here)
            found[row] = self._values(here, row), here
        for row in range(len(self.times)):
            yield found[row]

    def _values(self, state: Train, row: int) -> list[float]:
        return [self._value(state, row, name) for name in self.names]

    def _value(self, state: Train, row: int, name: str) -> float:
        if name == named.ENTROPY:
            return state.half_entropy()
        if name == named.RETURN:
            return _probability(state, self.initial)
        measurable = self.measured[row][name]
        if isinstance(measurable, PauliSum):
            return state.expectation(automaton(strings(measurable), len(state.tensors)))
        return _probability(state, format(measurable.bits, f"0{len(state.tensors)}b"))


def usual_step(hamiltonian: PauliSum) -> float:
    """A step at which the error of the product formula is small beside the usual truncation."""
    sums: dict[int, float] = {}
    for word, value in hamiltonian.terms.items():
        for qubit in qubits_of(word):
            sums[qubit] = sums.get(qubit, 0.0) + abs(value)
    return STEP / max(sums.values(), default=STEP)


def courses(hamiltonians: Sequence[PauliSum], sizes: Sequence[int]) -> list[list[int]]:
    """Rows with equal Hamiltonians and bond dimensions, which one evolution serves."""
    found: dict[object, list[int]] = {}
    for row, (hamiltonian, size) in enumerate(zip(hamiltonians, sizes, strict=True)):
        found.setdefault((frozenset(hamiltonian.terms.items()), size), []).append(row)
    return list(found.values())


def reach(hamiltonian: PauliSum) -> int:
    """Bonds that one application of every gate crosses, or the number of qubits if more."""
    spans = {
        (qubits[0], qubits[-1], qubits if len(qubits) > 2 else ())
        for qubits in map(qubits_of, hamiltonian.terms)
        if len(qubits) > 1
    }
    return max(hamiltonian.qubits, sum(last - first for first, last, _ in spans))


def _probability(state: Train, letters: str) -> float:
    return min(1.0, abs(state.overlap(Train.product(letters, 1))) ** 2)
