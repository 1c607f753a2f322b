"""When gates act: each as early as its qubits allow, and which part of that is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qtwin.drawing.circuit.operation import Operation

Moment = list[Operation]

MOST_DRAWN, MOST_MOMENTS = 1_500, 48
"""Gates and moments that are drawn at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Moments ``first`` to ``last`` (not included), of how many, and where to go from here."""

    first: int
    last: int
    moments: int

    @property
    def whole(self) -> bool:
        """Whether nothing is hidden."""
        return self.first == 0 and self.last == self.moments


def moments(operations: Sequence[Operation], qubits: int) -> list[Moment]:
    """As many as the circuit's depth; gates of one moment are on different qubits."""
    free = [0] * qubits
    found: list[Moment] = []
    for one in operations:
        at = max((free[qubit] for qubit in one.qubits), default=0)
        if at == len(found):
            found.append([])
        found[at].append(one)
        for qubit in one.qubits:
            free[qubit] = at + 1
    return found


def columns(moment: Moment) -> list[Moment]:
    """Gates of a moment side by side, so that no line between qubits crosses a gate."""
    made: list[tuple[Moment, list[tuple[int, int]]]] = []
    for one in sorted(moment, key=lambda one: (min(one.qubits), max(one.qubits))):
        low, high = min(one.qubits), max(one.qubits)
        for gates, spans in made:
            if all(high < begin or low > end for begin, end in spans):
                gates.append(one)
                spans.append((low, high))
                break
        else:
            made.append(([one], [(low, high)]))
    return [gates for gates, _ in made]


def window(found: Sequence[Moment], first: int, *, most_gates: int = MOST_DRAWN) -> Window:
    """From a moment on, as many as may be drawn at once; at least one."""
    first = max(0, min(first, len(found) - 1))
    last, gates = first, 0
    while last < len(found) and last - first < MOST_MOMENTS:
        gates += len(found[last])
        if gates > most_gates and last > first:
            break
        last += 1
    return Window(first=first, last=last, moments=len(found))
