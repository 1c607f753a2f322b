"""What a backend answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from backends.schema.experiment import FloatArray
from backends.schema.options import RunOptions
from backends.schema.provenance import Provenance
from backends.schema.shots import ShotBlock, check_blocks

RESULT_SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """Values with their one-sigma statistical errors. Device bias is not in here.

    Attributes:
        values: Shape ``(P, O)``, each column in its observable's canonical unit.
        std_errors: One-sigma statistical error of ``values``, shape ``(P, O)``; 0 when exact.
        mixed_values: What the maximally mixed state gives for the mapping that was run, shape
            ``(P, O)``; None for methods that no device noise can damp.
        options: The options that the backend honoured (the seed is filled in).
        raw: Raw data per point, JSON values only: counts per measurement group, parameters.
        failures: Why a point has no answer, by its row: an iteration that did not converge. Its
            values are NaN; a failed point is a status, never a number.
        truncation_errors: How far the values moved when the method's limit (a bond dimension) was
            doubled, shape ``(P, O)``; not statistical. None for methods that truncate nothing.
        blocks: Numbers that were estimated from the same shots, with the covariance of their
            errors. What is in no block is independent, or its covariance is unknown.
    """

    values: FloatArray
    std_errors: FloatArray
    options: RunOptions
    provenance: Provenance
    mixed_values: FloatArray | None = None
    raw: list[dict[str, Any]] = field(default_factory=list)
    failures: Mapping[int, str] = field(default_factory=dict)
    truncation_errors: FloatArray | None = None
    blocks: tuple[ShotBlock, ...] = ()

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise ValueError(f"values must have shape (P, O), not {self.values.shape}")
        if not set(self.failures) <= set(range(len(self.values))):
            raise ValueError(f"failures {sorted(self.failures)} of {len(self.values)} points")
        if not np.isnan(self.values[sorted(self.failures)]).all():
            raise ValueError("failures have no values")
        self._check("values", self.values, lowest=-np.inf)
        self._check("std_errors", self.std_errors, lowest=0.0)
        if self.truncation_errors is not None:
            self._check("truncation_errors", self.truncation_errors, lowest=0.0)
        if self.mixed_values is not None:
            self._check("mixed_values", self.mixed_values, lowest=-np.inf)
        if self.raw and len(self.raw) != len(self.values):
            raise ValueError(f"{len(self.raw)} raw entries for {len(self.values)} points")
        check_blocks(self.blocks, self.std_errors)

    def _check(self, name: str, array: FloatArray, *, lowest: float) -> None:
        """Refuse another shape, and numbers that are not finite where there is an answer."""
        if array.shape != self.values.shape:
            raise ValueError(f"values {self.values.shape}, {name} {array.shape}")
        answered = [row for row in range(len(array)) if row not in self.failures]
        if not np.all(np.isfinite(array[answered]) & (array[answered] >= lowest)):
            raise ValueError(f"{name} must be finite and at least {lowest}")

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema_version": RESULT_SCHEMA_VERSION,
            "values": _table(self.values),
            "std_errors": _table(self.std_errors),
            "mixed_values": _table(self.mixed_values),
            "options": self.options.to_dict(),
            "provenance": self.provenance.to_dict(),
            "raw": self.raw,
            "failures": {str(row): reason for row, reason in sorted(self.failures.items())},
            "truncation_errors": _table(self.truncation_errors),
            "blocks": [block.to_dict() for block in self.blocks],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Rebuild a result from `to_dict`.

        Raises:
            ValueError: If the document was written by another schema version.
        """
        if data["schema_version"] != RESULT_SCHEMA_VERSION:
            raise ValueError(f"unsupported result schema {data['schema_version']}")
        values, std_errors = _array(data["values"]), _array(data["std_errors"])
        if values is None or std_errors is None:
            raise ValueError("values or std_errors are missing")
        return cls(
            values=values,
            std_errors=std_errors,
            mixed_values=_array(data["mixed_values"]),
            options=RunOptions(**data["options"]),
            provenance=Provenance.from_dict(data["provenance"]),
            raw=data["raw"],
            failures={int(row): reason for row, reason in data.get("failures", {}).items()},
            truncation_errors=_array(data.get("truncation_errors")),
            blocks=tuple(ShotBlock.from_dict(block) for block in data.get("blocks", [])),
        )


def _table(values: FloatArray | None) -> list[list[float | None]] | None:
    """JSON form; NaN, which JSON has not, is null."""
    if values is None:
        return None
    return [[None if np.isnan(value) else value for value in row] for row in values.tolist()]


def _array(table: list[list[float | None]] | None) -> FloatArray | None:
    return None if table is None else np.array(table, dtype=np.float64)
