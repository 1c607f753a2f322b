"""Gates as they are written one after another, with one column for each different angle."""

from __future__ import annotations

import numpy as np

from backends.methods.circuit import Circuit, Gate
from backends.qasm.lowering import Angle, Step
from backends.qasm.tokens import MOST_GATES, QasmError
from backends.schema.experiment import FloatArray

MOST_WORK = 4 * MOST_GATES


class NotFiniteError(Exception):
    """An angle is not finite at a point.

    Attributes:
        row: Of the point.
    """

    def __init__(self, row: int, line: int) -> None:
        super().__init__(f"an angle on line {line} of the circuit is not finite; allowed: finite")
        self.row = row


class Tape:
    """What has been applied so far, at ``P`` points and perhaps one more that is not kept."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._gates: list[Gate] = []
        self._columns: list[Angle] = []
        self._numbers: dict[object, int] = {}
        self._measured: set[int] = set()
        self._work = 0

    def count(self, line: int) -> None:
        """Refuse more work than there may be gates, also where it leaves no gate.

        Raises:
            QasmError: It is more.
        """
        self._work += 1
        if self._work > MOST_WORK or len(self._gates) > MOST_GATES:
            raise QasmError(f"more than {MOST_GATES} gates; allowed: {MOST_GATES}", line)

    def measure(self, qubits: list[int]) -> None:
        """Nothing may be applied to these any more."""
        self._measured.update(qubits)

    def write(self, step: Step, line: int) -> None:
        """Add one gate.

        Raises:
            QasmError: A qubit of it is measured already.
            NotFiniteError: Its angle is not finite at a point.
        """
        if self._measured and not self._measured.isdisjoint(step.qubits):
            raise QasmError("a gate after a measurement; allowed: measure at the end", line)
        angle = None if step.angle is None else self._number(step.angle, line)
        self._gates.append(Gate(step.name, step.qubits, angle))

    def finish(self, qubits: int) -> tuple[Circuit, FloatArray]:
        """The circuit, and its angles, shape ``(P, T)``."""
        angles = np.empty((self._rows, len(self._columns)))
        for index, column in enumerate(self._columns):
            angles[:, index] = column[: self._rows] if isinstance(column, np.ndarray) else column
        return Circuit(qubits, tuple(self._gates), len(self._columns)), angles

    def _number(self, angle: Angle, line: int) -> int:
        """Column of an angle."""
        key = angle.tobytes() if isinstance(angle, np.ndarray) else float(angle)
        if key not in self._numbers:
            kept = angle[: self._rows] if isinstance(angle, np.ndarray) else np.array([angle])
            bad = np.flatnonzero(~np.isfinite(kept))
            if len(bad):
                raise NotFiniteError(int(bad[0]), line)
            self._numbers[key] = len(self._columns)
            self._columns.append(angle)
        return self._numbers[key]
