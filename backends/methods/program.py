"""What a circuit simulator is asked to run: circuits, angles, and what to measure at each point.

Shapes use ``P`` for points, ``R`` for the points of one part, ``T`` for angles and ``O`` for
observables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from backends.methods.circuit import Circuit
from backends.methods.grouping import Group, all_z, group
from backends.methods.solved import Solver
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.projector import Measurable

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One circuit structure at some of the points.

    Attributes:
        rows: Which points, shape ``(R,)``.
        angles: Shape ``(R, T)``, radians.
    """

    rows: NDArray[np.int64]
    circuit: Circuit
    angles: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """Circuits and observables for all ``P`` points.

    Attributes:
        parts: Together they hold each point once, except those that failed.
        operators: For each point, its ``O`` observables; empty where the point failed.
        facts: For the provenance, JSON values only.
        raw: For each point, JSON values that are kept with its counts.
        failures: Why a point has no circuit, by its row, as in `backends.schema.Result`.
        excited: The same points and observables in further states, which are run on their own.
        weights: What each state contributes to each observable, shape ``(1 + len(excited), O)``:
            ``value = sum_s weights[s] value_s``; None where there is one state.
        solver: Solves for all observables of a point at once, from what is read in Z on all qubits;
            None where each is estimated from its words.
    """

    parts: tuple[Part, ...]
    operators: Sequence[Sequence[Measurable]]
    facts: dict[str, Any] = field(default_factory=dict)
    raw: Sequence[dict[str, Any]] = ()
    failures: Mapping[int, str] = field(default_factory=dict)
    excited: tuple[Program, ...] = ()
    weights: FloatArray | None = None
    solver: Solver | None = None

    @property
    def qubits(self) -> int:
        """Of every circuit; 0 where every point failed."""
        return self.parts[0].circuit.qubits if self.parts else 0

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Measurement groups that cover every observable of every point.

        For the probability of a bit string one group measures Z on every qubit.
        """
        words: set[PauliWord] = set()
        if self.solver and self.parts:
            return group([all_z(self.qubits)])
        for row in self.operators:
            for one in row:
                words.update(one.terms if isinstance(one, PauliSum) else [all_z(self.qubits)])
        return group(words)

    @property
    def mixed_values(self) -> FloatArray | None:
        """Observables of the maximally mixed state of the qubits that are run, shape (P, O).

        None where nothing is run, and where a solver does not tend to them.
        """
        if self.solver or not self.parts:
            return None
        width = max(map(len, self.operators))
        mixed = np.full((len(self.operators), width), np.nan)
        for row, operators in enumerate(self.operators):
            mixed[row, : len(operators)] = [one.mixed_value for one in operators]
        return mixed if self.weights is None else mixed * self.weights.sum(axis=0)

    def details(self) -> dict[str, Any]:
        """Facts for the provenance."""
        return self.facts | {
            "qubits": self.qubits,
            "two_qubit_gates": [part.circuit.two_qubit_gates for part in self.parts],
            "groups": [g.basis.label(self.qubits) for g in self.groups],
            "shots_are": "per point and measurement group",
        }


def parts_by(
    keys: Sequence[Any], build: Callable[[Any, NDArray[np.int64]], tuple[Circuit, FloatArray]]
) -> tuple[Part, ...]:
    """One part for each different key, in order of first appearance.

    Args:
        keys: What decides the structure of each point's circuit.
        build: From a key and its rows to the circuit and the angles of the rows.
    """
    rows: dict[Any, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    parts = []
    for key, members in rows.items():
        chosen = np.array(members, dtype=np.int64)
        circuit, angles = build(key, chosen)
        parts.append(Part(rows=chosen, circuit=circuit, angles=angles))
    return tuple(parts)
