"""How many gates a gate of the library, a definition or a loop expands into.

Costs are a list, by how many more controls the gate gets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from backends.qasm import lowering
from backends.qasm.library import Standard
from backends.qasm.lowering import MOST_CONTROLS

MUCH = 10**15
"""Costs stop growing here."""


_ALONE = frozenset({"x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "swap", "id", "gphase"})
_CONTROLLED = frozenset({"x", "y", "z"})


class Cost(NamedTuple):
    """What a gate expands into.

    Attributes:
        gates: How many gates, by how many more controls it gets.
        depth: How deep it is in gates of the program's own.
        clifford: Whether it is a Clifford gate whatever its angles are.
    """

    gates: tuple[int, ...]
    depth: int
    clifford: bool

    def controlled(self, controls: int) -> Cost:
        """The same with more controls."""
        if not controls:
            return self
        last = len(self.gates) - 1
        moved = [self.gates[min(extra + controls, last)] for extra in range(len(self.gates))]
        return Cost(tuple(moved), self.depth, False)


@dataclass(slots=True)
class Block:
    """The program itself, a definition, or a loop, while it is read."""

    gate: str = ""
    turns: int = 1
    alone: bool = False
    gates: list[int] = field(default_factory=lambda: [0] * (MOST_CONTROLS + 1))
    depth: int = 0
    clifford: bool = True

    def add(self, cost: Cost, *, times: int = 1, more: int = 0) -> None:
        """Add a gate that is applied some times, with more gates around it each time."""
        self.gates = [
            min(a + b * times + more, MUCH) for a, b in zip(self.gates, cost.gates, strict=True)
        ]
        self.depth = max(self.depth, cost.depth)
        self.clifford &= cost.clifford

    def cost(self) -> Cost:
        """Of a definition, or of one turn of a loop; what is empty counts too."""
        return Cost(tuple(max(1, gates) for gates in self.gates), self.depth, self.clifford)


@cache
def standard(gate: Standard, more: int = 0) -> Cost:
    """Cost of a gate of the library with more controls."""
    most = MOST_CONTROLS - gate.controls
    controls = gate.controls + more
    return Cost(
        tuple(
            lowering.size(
                gate.base, gate.angles, gate.controls + min(more + extra, most), gate.targets
            )
            for extra in range(MOST_CONTROLS + 1)
        ),
        1,
        gate.base in (_CONTROLLED if controls else _ALONE) and controls <= 1,
    )
