"""The circuits of one task, in the order in which they are sent and come back.

Shapes use ``R`` for the points of an entry and ``T`` for angles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.methods.circuit import Circuit
from backends.methods.program import Program
from backends.qpu.braket_circuits import parameter, parameter_name, source, written
from backends.schema.experiment import FloatArray
from backends.systems.pauli import PauliWord


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """One circuit, in one basis, at some points.

    Attributes:
        state: Which of a program's states it prepares; 0 for the ground state, and one more than
            the program has for its anchors.
        group: Which measurement group it measures.
        rows: Which points, shape ``(R,)``.
        angles: Shape ``(R, T)``.
    """

    state: int
    group: int
    rows: NDArray[np.int64]
    circuit: Circuit
    angles: FloatArray
    basis: PauliWord

    @property
    def columns(self) -> list[int]:
        """Columns of angles that the circuit uses."""
        return sorted({gate.angle for gate in self.circuit.gates if gate.angle is not None})

    def openqasm(self, gates: frozenset[str], *, bound: bool) -> Any:
        """The SDK's program, with a list of values for each input; with none if ``bound``."""
        from braket.ir.openqasm import Program as OpenQasm

        def value(column: int) -> float:
            return float(self.angles[0, column])

        angle = value if bound else parameter
        text = source(written(self.circuit, angle=angle, basis=self.basis, gates=gates))
        if bound:
            return OpenQasm(source=text)
        inputs = {parameter_name(k): self.angles[:, k].tolist() for k in self.columns}
        return OpenQasm(source=text, inputs=inputs or None)


def entries(program: Program, anchors: Program | None = None) -> list[Entry]:
    """Every circuit of a program and of its further states, then those of its anchors."""
    states = (program, *program.excited, *((anchors,) if anchors else ()))
    return [entry for state, one in enumerate(states) for entry in _of_state(state, one)]


def size(all_entries: Sequence[Entry]) -> int:
    """How many circuits they are in all."""
    return sum(len(entry.rows) for entry in all_entries)


def _of_state(state: int, program: Program) -> Iterator[Entry]:
    for part in program.parts:
        for index, group in enumerate(program.groups):
            whole = Entry(
                state=state,
                group=index,
                rows=part.rows,
                circuit=part.circuit,
                angles=part.angles,
                basis=group.basis,
            )
            if whole.columns or len(part.rows) == 1:
                yield whole
            else:  # a circuit without inputs runs once
                yield from _alone(whole)


def _alone(entry: Entry) -> Iterator[Entry]:
    for row in range(len(entry.rows)):
        yield Entry(
            state=entry.state,
            group=entry.group,
            rows=entry.rows[row : row + 1],
            circuit=entry.circuit,
            angles=entry.angles[row : row + 1],
            basis=entry.basis,
        )
