"""What an agent sees: how far it is, what it has written, and what the last shots said.

Everything is what a laboratory has; no truth is in it. ``B`` environments, ``S`` steps of a round,
``A`` components of an action, ``n`` qubits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.goal import Goal
from qtwin.worlds.control.space import ScheduleSpace

if TYPE_CHECKING:
    from gymnasium.spaces import Box


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Components of an observation, in order.

    - ``step``: how much of the round is written, 0 to 1, and ``round``: how many rounds are over.
    - ``knot_1_rabi`` and so on: what this round's knots are, scaled to -1 to 1; 0 until written.
    - ``last_1_rabi`` and so on, where there are rounds: the same of the round before.
    - ``measured``: 1 once there are shots, and of the last round's: ``density_0`` and so on, the
      share of shots in which each qubit was read as 1, and ``estimate``, that of the goal, where
      shots tell it.

    Attributes:
        names: Of all components.
        lower: Bounds of each.
        upper: Bounds of each.
    """

    segments: int
    width: int
    qubits: int
    remembers: bool
    estimates: bool
    names: tuple[str, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]

    @classmethod
    def of(cls, schedules: ScheduleSpace, goal: Goal, qubits: int, *, rounds: int) -> Layout:
        """That of a world."""
        components, segments = schedules.components, schedules.segments
        numbered = [f"{k}_{name}" for k in range(1, segments + 1) for name in components]
        remembers, estimates = rounds > 1, goal.diagonal is not None
        knots = [f"knot_{one}" for one in numbered]
        knots += [f"last_{one}" for one in numbered] if remembers else []
        densities = [f"density_{qubit}" for qubit in range(qubits)]
        return cls(
            segments=segments,
            width=len(components),
            qubits=qubits,
            remembers=remembers,
            estimates=estimates,
            names=("step", "round", *knots, "measured", *densities, *["estimate"] * estimates),
            lower=(
                *(0.0, 0.0), *[-1.0] * len(knots), *[0.0] * (1 + qubits),
                *[min(goal.lower, 0.0)] * estimates,
            ),
            upper=(
                *(1.0, 1.0), *[1.0] * len(knots), *[1.0] * (1 + qubits),
                *[max(goal.upper, 0.0)] * estimates,
            ),
        )  # fmt: skip

    @cached_property
    def bits(self) -> FloatArray:
        """Each qubit in each basis state, shape ``(2**n, n)``."""
        index = np.arange(2**self.qubits)
        return (index[:, None] >> np.arange(self.qubits) & 1).astype(np.float64)

    def space(self) -> Box:
        """As Gymnasium has it."""
        import gymnasium

        low, high = np.array(self.lower, np.float32), np.array(self.upper, np.float32)
        return gymnasium.spaces.Box(low, high, dtype=np.float32)

    def empty(self, rows: int) -> NDArray[np.float32]:
        """Before anything happened, shape ``(B, O)``."""
        return np.zeros((rows, len(self.names)), dtype=np.float32)

    def written(self, seen: NDArray[np.float32], step: int, knot: FloatArray) -> None:
        """Enter one knot, shape ``(B, A)``, scaled to -1 to 1."""
        start = 2 + step * self.width
        seen[:, start : start + self.width] = np.clip(knot, -1.0, 1.0)
        seen[:, 0] = (step + 1) / self.segments

    def measured(
        self,
        seen: NDArray[np.float32],
        done: float,
        shares: FloatArray,
        estimate: FloatArray | None,
    ) -> None:
        """Enter what a round's shots said, and begin the next.

        Args:
            done: Share of the rounds that are over.
            shares: Of the shots, for each basis state, shape ``(B, 2**n)``.
            estimate: Of the goal, shape ``(B,)``.
        """
        size = self.segments * self.width
        if self.remembers:
            seen[:, 2 + size : 2 + 2 * size] = seen[:, 2 : 2 + size]
        seen[:, 2 : 2 + size] = 0.0
        seen[:, 0], seen[:, 1] = 0.0, done
        start = 2 + (2 if self.remembers else 1) * size
        seen[:, start] = 1.0
        seen[:, start + 1 : start + 1 + self.qubits] = shares @ self.bits
        if estimate is not None:
            seen[:, -1] = np.clip(estimate, self.lower[-1], self.upper[-1])
