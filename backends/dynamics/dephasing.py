"""Pure dephasing by quantum trajectories: random flips of phases.

``d rho / dt = sum_q gamma_q / 2 (Z_q rho Z_q - rho)`` multiplies the coherence of qubit ``q`` by
``exp(-gamma_q t)``. As ``Z_q`` is unitary, the jumps come at a rate that no state changes, and the
mean over trajectories with random flips is the exact channel (Molmer et al., J. Opt. Soc. Am. B 10,
524 (1993)). Flips happen at the edges of substeps, with the weights of Simpson's rule, so that the
average keeps the fourth order of the splitting in what one flip does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backends.dynamics.programme import Programme
from backends.dynamics.scheme import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Dephasing:
    """Which qubits flip at which edge of a substep.

    Attributes:
        flips: For each slice, masks of qubits, shape ``(substeps + 1, B)``.
    """

    programme: Programme
    flips: list[NDArray[np.int64]]

    def applied(self, states: Any, rows: slice, index: int, stage: Stage) -> Any:
        """The states after the flips at the edge of a substep at which a phase acted, if it is one.

        Phases and flips commute, so that a phase across an edge need not be cut.
        """
        if stage.edge is None:
            return states
        masks = self.flips[index][stage.edge, rows]
        if not masks.any():
            return states
        xp = self.programme.model.xp
        numbers = np.arange(self.programme.model.size)[:, None]
        signs = 1.0 - 2.0 * (np.bitwise_count(numbers & masks) & 1)
        states *= xp.asarray(signs.astype(states.real.dtype))
        return states


def draw(
    rates: Any, programme: Programme, counts: NDArray[np.int64], rng: np.random.Generator
) -> Dephasing:
    """Draw the flips of every trajectory.

    Args:
        rates: Of each trajectory, shape ``(B,)``, or of its qubits, ``(B, n)``; 0 or more.
        counts: Substeps of each slice, even.

    Raises:
        ValueError: Names the rates and what is allowed.
    """
    rows, qubits = programme.rows, programme.model.qubits
    array = np.asarray(rates, dtype=np.float64)
    table = array[..., None] if array.ndim < 2 else array
    if table.shape[0:1] not in ((), (1,), (rows,)) or not bool((table >= 0).all()):
        raise ValueError(f"dephasing is {rates!r}; allowed: 0 or more, shape (B,) or (B, {qubits})")
    table = np.broadcast_to(table, (rows, qubits))
    masks = []
    durations = np.asarray(programme.durations)
    for index, count in enumerate(counts.tolist()):
        step = durations[:, index] / count
        found = np.empty((count + 1, rows), dtype=np.int64)
        for edge, share in enumerate(_simpson(count)):
            chance = -np.expm1(-table * (share * step)[:, None]) / 2
            found[edge] = (rng.random((rows, qubits)) < chance) @ (1 << np.arange(qubits))
        masks.append(found)
    return Dephasing(programme=programme, flips=masks)


def _simpson(count: int) -> list[float]:
    inner = [4 / 3 if edge % 2 else 2 / 3 for edge in range(1, count)]
    return [1 / 3, *inner, 1 / 3]
