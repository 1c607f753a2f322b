"""What is evolved: the states and the drive of ``B`` trajectories over ``S`` slices of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.dynamics.chunk import Slice
from backends.dynamics.model import Model

CHUNK_BYTES = 262_144
"""Of the states of a chunk: what fits in the level-2 cache with the phases that act on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Checked arrays.

    Attributes:
        states: Shape ``(B, 2**n)``, complex128 or complex64.
        weights: Of each diagonal at both edges of each slice, shape ``(B, S, 2, M)``.
        drives: Of each group, shape ``(B, S, 2, G)``; real where no Y acts.
        durations: Shape ``(B, S)``.
    """

    model: Model
    states: Any
    weights: Any
    drives: Any
    durations: Any

    @classmethod
    def of(
        cls,
        model: Model,
        states: Any,
        weights: Any,
        drives: Any,
        durations: Any,
        *,
        least: int = 1,
    ) -> Programme:
        """Bring all to ``B`` trajectories; one row of anything serves every trajectory.

        Args:
            least: Rows of what else differs between trajectories.

        Raises:
            ValueError: Names the array, its shape or value and what is allowed.
        """
        xp = model.xp
        states = xp.atleast_2d(xp.asarray(states))
        if states.dtype not in (np.complex64, np.complex128):
            raise ValueError(f"states are {states.dtype}; allowed: complex128, complex64")
        if states.ndim != 2 or states.shape[1] != model.size:
            raise ValueError(f"states have shape {states.shape}; allowed: (B, {model.size})")
        durations = xp.atleast_2d(xp.asarray(durations, dtype=np.float64))
        if durations.ndim != 2 or not bool((durations >= 0).all()):
            raise ValueError("durations are not 0 or more; allowed: numbers of shape (B, S)")
        slices = durations.shape[1]
        weights = _edges("weights", xp, weights, slices, len(model.diagonals))
        drives = _edges("drives", xp, drives, slices, len(model.groups))
        rows = max(least, *(len(array) for array in (states, weights, drives, durations)))
        sizes = {len(array) for array in (states, weights, drives, durations)} - {1, rows}
        if sizes:
            raise ValueError(
                f"arrays have {', '.join(map(str, sorted(sizes | {rows})))} rows; allowed: "
                "B rows, or one for all"
            )
        found = [
            array if len(array) == rows else xp.broadcast_to(array, (rows, *array.shape[1:]))
            for array in (states, weights, drives, durations)
        ]
        return cls(
            model=model, states=found[0], weights=found[1], drives=found[2], durations=found[3]
        )

    @property
    def rows(self) -> int:
        """B."""
        return len(self.states)

    @property
    def slices(self) -> int:
        """S."""
        return int(self.durations.shape[1])

    def chunks(self, size: int | None = None) -> Iterator[slice]:
        """Rows that are evolved together."""
        width = self.model.size * np.dtype(self.states.dtype).itemsize
        size = size or max(1, CHUNK_BYTES // width)
        for start in range(0, self.rows, size):
            yield slice(start, min(start + size, self.rows))

    def slice_of(self, rows: slice, index: int, substeps: int) -> Slice:
        """What acts on some trajectories in one slice."""
        xp = self.model.xp
        return Slice(
            model=self.model,
            weights=xp.moveaxis(self.weights[rows, index], 0, 2),
            drives=xp.moveaxis(self.drives[rows, index], 0, 2),
            step=self.durations[rows, index] / substeps,
            substeps=substeps,
            kind=self.states.dtype,
        )

    def sample(self, most: int) -> Programme:
        """A few of the trajectories, evenly spread."""
        rows = np.unique(np.linspace(0, self.rows - 1, most).round().astype(int))
        return Programme(
            model=self.model,
            states=self.states[rows],
            weights=self.weights[rows],
            drives=self.drives[rows],
            durations=self.durations[rows],
        )


def _edges(name: str, xp: Any, values: Any, slices: int, width: int) -> Any:
    """Values at both edges of each slice, from those at the edges or from those already."""
    array = xp.asarray(values)
    array = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    if array.ndim == 3 and array.shape[1:] == (slices + 1, width):
        array = xp.stack([array[:, :-1], array[:, 1:]], axis=2)
    if array.ndim != 4 or array.shape[1:] != (slices, 2, width):
        raise ValueError(
            f"{name} have shape {array.shape}; allowed: (B, {slices + 1}, {width}) at the edges, "
            f"or (B, {slices}, 2, {width}) at both edges of each slice"
        )
    if not bool(xp.isfinite(array).all()):
        raise ValueError(f"{name} are not all finite; allowed: finite numbers")
    return array
