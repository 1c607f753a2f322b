"""What a technique is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

import numpy as np

from backends.methods.circuit import Circuit, Gate
from backends.methods.covariance import Covariance
from backends.methods.grouping import Group
from backends.mitigation.kept import Kept
from backends.mitigation.tape import Compilation
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import Sector

Pass = Callable[[Compilation], Compilation]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """Estimate the observables of one circuit at ``R`` points.

    Attributes:
        angles: Shape ``(R, T)``.
        operators: For each point its ``O`` observables.
        shots: Per point and group; None asks for exact expectation values.
        settings: Of the source, the techniques' own among them.
        knobs: Of the simulation, each of shape ``(R,)``.
        passes: Change each compiled circuit before it runs, in this order.
        sector: Conserved numbers of the system.
        checked: Whether outcomes that break a symmetry are dropped.
        decoupling: Sequence of pulses on waiting qubits, or empty.
    """

    circuit: Circuit
    angles: FloatArray
    groups: tuple[Group, ...]
    operators: Sequence[Sequence[PauliSum]]
    shots: int | None
    seed: int
    settings: Mapping[str, Any]
    knobs: Mapping[str, FloatArray] = field(default_factory=dict)
    passes: tuple[Pass, ...] = ()
    sector: Sector = ()
    checked: bool = False
    decoupling: str = ""

    @property
    def constants(self) -> FloatArray:
        """Part of each observable that needs no measurement, shape ``(R, O)``."""
        return np.array([[one.mixed_value for one in row] for row in self.operators])

    def weights(self, group: Group) -> FloatArray:
        """Coefficients of a group's words, shape ``(R, O, W)``."""
        return np.array(
            [
                [[one.terms.get(word, 0.0) for word in group.words] for one in row]
                for row in self.operators
            ]
        )

    def seeded(self, *key: int) -> Self:
        """The same with a seed of its own for each key."""
        seed = int(np.random.SeedSequence((self.seed, *key)).generate_state(1)[0])
        return replace(self, seed=seed)

    def passing(self, *passes: Pass) -> Self:
        """The same with further passes behind those it has."""
        return replace(self, passes=(*self.passes, *passes))

    def spread(self) -> Self:
        """The same with a column of its own for each turned gate."""
        gates: list[Gate] = []
        columns: list[int] = []
        for gate in self.circuit.gates:
            if gate.angle is None:
                gates.append(gate)
            else:
                gates.append(Gate(gate.name, gate.qubits, len(columns)))
                columns.append(gate.angle)
        circuit = Circuit(self.circuit.qubits, tuple(gates), len(columns))
        return replace(self, circuit=circuit, angles=self.angles[:, columns])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates:
    """Values of a task with the variances of their statistical errors.

    Attributes:
        values: Shape ``(R, O)``; NaN in rows that failed.
        variances: Shape ``(R, O)``.
        notes: For each row what is kept of every technique, outermost first, JSON values only.
        failures: Why a row has no answer.
        covariance: Of the errors, with the same variances; None where a technique that is not
            linear in what it measured leaves it unknown.
        kept: Counts that the values are made of.
    """

    values: FloatArray
    variances: FloatArray
    notes: list[list[dict[str, Any]]]
    failures: Mapping[int, str] = field(default_factory=dict)
    covariance: Covariance | None = None
    kept: Kept = field(default_factory=Kept)

    def summary(self, row: int) -> dict[str, Any]:
        """Values and errors of one row; null where there is none."""
        answered = row not in self.failures
        return {
            "values": self.values[row].tolist() if answered else None,
            "std_errors": np.sqrt(self.variances[row]).tolist() if answered else None,
        }


class Estimator(Protocol):
    """Answers tasks: the measurement itself, or a technique around another estimator."""

    def answers(self, tasks: Sequence[Task]) -> list[Estimates]:
        """Values and variances of several tasks, which run together.

        Raises:
            ProgramRejected: A task cannot be run; names the setting and what is allowed.
        """
        ...

    def least_shots(self, settings: Mapping[str, Any]) -> int:
        """With how few shots it can be asked."""
        ...
