"""Measurements: rows, and the arrays that they make.

Shapes: ``N`` measurements, ``C`` controls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qtwin.client.rows.row import Floats, Row

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasurementRow(Row):
    """One number with its statistical error."""

    id: str
    source: str
    revision: int = 1
    observable: str
    point: tuple[float, ...]
    knobs: Mapping[str, float] = field(default_factory=dict)
    value: float
    std: float
    truncation: float | None = None
    unit: str = ""
    shots: int | None = None
    valid: bool = True
    job: str | None = None
    dataset: str | None = None
    measured_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurements:
    """Many measurements, in the order of the server.

    Attributes:
        controls: Names of the columns of ``points``.
    """

    rows: tuple[MeasurementRow, ...] = field(repr=False)
    controls: tuple[str, ...]

    @property
    def points(self) -> Floats:
        """Shape (N, C)."""
        return _floats([row.point for row in self.rows]).reshape(len(self.rows), -1)

    @property
    def values(self) -> Floats:
        """Shape (N,)."""
        return _floats([row.value for row in self.rows])

    @property
    def std(self) -> Floats:
        """One sigma of statistics, shape (N,)."""
        return _floats([row.std for row in self.rows])

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(row.source for row in self.rows)

    def of(self, *, source: str | None = None, observable: str | None = None) -> Measurements:
        """Those of one source, one observable, or both."""
        chosen = [
            row
            for row in self.rows
            if source in (None, row.source) and observable in (None, row.observable)
        ]
        return Measurements(rows=tuple(chosen), controls=self.controls)

    def to_pandas(self) -> pd.DataFrame:
        """A table with a column for each control and each knob."""
        from qtwin.client.shown.frame import measurements_frame

        return measurements_frame(self)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[MeasurementRow]:
        return iter(self.rows)

    def _repr_html_(self) -> str:
        from qtwin.client.shown.table import rows_table

        return rows_table(self.rows)


def _floats(values: Sequence[Any]) -> Floats:
    import numpy as np

    return np.array(values, dtype=np.float64)
