"""How many gates a gate of the library, a definition or a loop expands into.

Costs are a list, by how many more controls the gate gets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backends.qasm import lowering
from backends.qasm.library import Standard
from backends.qasm.lowering import MOST_CONTROLS

MUCH = 10**15
"""Costs stop growing here."""


@dataclass(slots=True)
class Block:
    """The program itself, a definition, or a loop, while it is read."""

    gate: str = ""
    turns: int = 1
    alone: bool = False
    costs: list[int] = field(default_factory=lambda: [0] * (MOST_CONTROLS + 1))
    depth: int = 0

    def add(self, costs: Sequence[int], times: int) -> None:
        """Add what is in it."""
        self.costs = [min(a + b * times, MUCH) for a, b in zip(self.costs, costs, strict=True)]


def standard(gate: Standard) -> tuple[tuple[int, ...], int]:
    """Costs of a gate of the library, and how deep it is."""
    most = MOST_CONTROLS - gate.controls
    return (
        tuple(
            lowering.size(gate.base, gate.angles, gate.controls + min(extra, most), gate.targets)
            for extra in range(MOST_CONTROLS + 1)
        ),
        1,
    )
