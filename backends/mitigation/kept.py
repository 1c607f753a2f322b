"""Counts of the circuits behind mitigated values, so that these can be made again from them.

A record holds ``basis`` and ``counts``, and labels of the techniques that asked for the circuit:
its ``gain`` and ``part``, its ``instance``, which bits were ``flipped``, the ``checks`` of its
outcomes, its number among the ``training`` circuits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """Records of a task.

    Attributes:
        rows: Of each of its points.
        calibration: Of circuits that all of its points share.
    """

    rows: tuple[tuple[Record, ...], ...] = ()
    calibration: tuple[Record, ...] = ()

    def labelled(self, **labels: Any) -> Self:
        return replace(
            self,
            rows=tuple(_labelled(row, labels) for row in self.rows),
            calibration=_labelled(self.calibration, labels),
        )

    def plus(self, *others: Self) -> Self:
        """Those of further circuits of the same points."""
        parts = (self, *others)
        return replace(
            self,
            rows=tuple(
                tuple(record for row in rows for record in row)
                for rows in zip(*(part.rows for part in parts), strict=True)
            ),
            calibration=tuple(record for part in parts for record in part.calibration),
        )

    def folded(self, size: int, name: str) -> Self:
        """Each ``size`` points as one, their records labelled by their number."""
        numbered = [_labelled(row, {name: place % size}) for place, row in enumerate(self.rows)]
        return replace(
            self,
            rows=tuple(
                tuple(record for row in numbered[first : first + size] for record in row)
                for first in range(0, len(numbered), size)
            ),
        )


def outcomes(records: Iterable[Record]) -> int:
    """How many different outcomes some records list."""
    return sum(len(record["counts"]) for record in records)


def _labelled(records: Sequence[Record], labels: Record) -> tuple[Record, ...]:
    return tuple({**labels, **record} for record in records)
