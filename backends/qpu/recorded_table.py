"""Recordings of numbers, such as a published table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from backends.qpu.recording import Recording

KIND = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRow:
    """One number.

    Attributes:
        row: Its number in the file that it comes from.
        std: One sigma; 0 without statistical error.
    """

    row: int
    point: tuple[float, ...]
    value: float
    std: float
    knobs: Mapping[str, float]
    mixed_value: float | None = None
    shots: int | None = None
    epoch: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "point": list(self.point),
            "knobs": {name: _written(value) for name, value in self.knobs.items()},
            "value": self.value,
            "std": self.std,
            "mixed_value": self.mixed_value,
            "shots": self.shots,
            "epoch": self.epoch,
        }


def table(
    *,
    citation: str,
    licence: str,
    controls: Sequence[str],
    observable: str,
    rows: Sequence[RecordedRow],
    measured_at: datetime | None,
) -> dict[str, Any]:
    """The document of a table."""
    return {
        "kind": KIND,
        "citation": citation,
        "licence": licence,
        "controls": list(controls),
        "observable": observable,
        "measured_at": measured_at and measured_at.isoformat(),
        "rows": [row.to_dict() for row in rows],
    }


def read(document: Mapping[str, Any]) -> Recording:
    """The recording in a table's document.

    Raises:
        ValueError: It is malformed.
    """
    try:
        rows, controls = document["rows"], tuple(document["controls"])
        if not rows:
            raise ValueError("a table without rows")
        moment = document["measured_at"] and datetime.fromisoformat(document["measured_at"])
        mixed = [np.nan if row["mixed_value"] is None else row["mixed_value"] for row in rows]
        return Recording(
            citation=document["citation"],
            licence=document["licence"],
            controls=controls,
            observables=(document["observable"],),
            points=np.array([row["point"] for row in rows], dtype=np.float64).reshape(
                len(rows), len(controls)
            ),
            knobs=tuple(_knobs(row["knobs"]) for row in rows),
            values=np.array([[row["value"]] for row in rows], dtype=np.float64),
            std_errors=np.array([[row["std"]] for row in rows], dtype=np.float64),
            mixed_values=np.array(mixed, dtype=np.float64)[:, None],
            rows=tuple(row["row"] for row in rows),
            shots=tuple(row["shots"] for row in rows),
            epochs=tuple(row["epoch"] for row in rows),
            failures={},
            started_at=moment,
            finished_at=moment,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a malformed table: {error!r:.200}") from None


def _written(value: float) -> float | str:
    """JSON has no infinite number."""
    return value if np.isfinite(value) else str(value)


def _knobs(knobs: Mapping[str, float | str]) -> dict[str, float]:
    return {name: float(value) for name, value in knobs.items()}
