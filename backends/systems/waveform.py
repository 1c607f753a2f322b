"""A quantity of a drive: the same always, or given at some times of the evolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import Document
from backends.systems.expression import Expression

MOST_TIMES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """Values at ``K`` times, joined by lines or held as steps; ``K = 1`` without times is static.

    Attributes:
        source: What the document says, kept as it was written.
        times: In microseconds, the first 0; empty where it is static.
        entries: One value for each time.
        steps: Whether each value is held until the next time, instead of joined to the next value.
    """

    source: Any
    times: tuple[Expression, ...]
    entries: tuple[Expression, ...]
    steps: bool

    @classmethod
    def parse(
        cls, entry: Any, controls: Sequence[str], *, at: str, steps: bool = False
    ) -> Waveform:
        """Read a number, an expression, or ``{"times": [...], "values": [...]}``.

        Args:
            at: JSON pointer of the entry.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        if not isinstance(entry, Mapping):
            read = Expression.parse(entry, controls, at=at)
            return cls(source=entry, times=(), entries=(read,), steps=steps)
        document = Document(entry, at)
        document.only("times", "values")
        times = _expressions(document, "times", 2, MOST_TIMES, controls)
        values = _expressions(document, "values", len(times), len(times), controls)
        if times[0].names or times[0].constant != 0:
            raise ProgramRejected(
                f"the first time is {times[0].source!r}; allowed: 0", field=f"{at}/times/0"
            )
        for index, (one, two) in enumerate(pairwise(times), start=1):
            if not (one.names or two.names) and not one.constant < two.constant:
                raise ProgramRejected(
                    f"time {two.constant:g} us follows {one.constant:g} us; allowed: ascending "
                    "times",
                    field=f"{at}/times/{index}",
                )
        return cls(source=entry, times=times, entries=values, steps=steps)

    @property
    def names(self) -> frozenset[str]:
        """Controls that occur in it."""
        return frozenset().union(*(entry.names for entry in (*self.times, *self.entries)))

    @property
    def driven(self) -> bool:
        """Whether it changes with time."""
        return bool(self.times)

    def table(self, columns: Mapping[str, FloatArray], rows: int) -> tuple[FloatArray, FloatArray]:
        """Times and values at ``P`` points, each of shape ``(P, K)``; a static one has time 0.

        Args:
            columns: For each control, its values, shape ``(P,)``.
            rows: P.
        """
        values = np.stack([entry.values(columns, rows) for entry in self.entries], axis=1)
        if not self.times:
            return np.zeros((rows, 1)), values
        return np.stack([time.values(columns, rows) for time in self.times], axis=1), values

    def at(self, columns: Mapping[str, FloatArray], times: FloatArray) -> FloatArray:
        """The value of each point at its own time, shape ``(P,)``."""
        nodes, values = self.table(columns, len(times))
        last = np.sum(nodes <= times[:, None], axis=1).clip(1) - 1
        rows = np.arange(len(times))
        following = np.minimum(last + 1, nodes.shape[1] - 1)
        start: FloatArray = values[rows, last]
        end = values[rows, following]
        if self.steps or nodes.shape[1] == 1:
            return start
        widths = nodes[rows, following] - nodes[rows, last]
        shares = np.divide(
            times - nodes[rows, last], widths, out=np.zeros(len(times)), where=widths > 0
        )
        joined: FloatArray = start + shares * (end - start)
        return joined


def _expressions(
    document: Document, name: str, low: int, high: int, controls: Sequence[str]
) -> tuple[Expression, ...]:
    entries = document.items(name, low, high)
    return tuple(
        Expression.parse(entry, controls, at=f"{document.at(name)}/{index}")
        for index, entry in enumerate(entries)
    )
