"""What a backend answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from backends.schema.experiment import FloatArray
from backends.schema.options import RunOptions
from backends.schema.provenance import Provenance

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
    """

    values: FloatArray
    std_errors: FloatArray
    options: RunOptions
    provenance: Provenance
    mixed_values: FloatArray | None = None
    raw: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape != self.std_errors.shape:
            raise ValueError(f"values {self.values.shape}, std_errors {self.std_errors.shape}")
        if not np.isfinite(self.values).all():
            raise ValueError("values must be finite")
        if not np.all(np.isfinite(self.std_errors) & (self.std_errors >= 0)):
            raise ValueError("std_errors must be non-negative and finite")
        mixed = self.mixed_values
        if mixed is not None and not (
            mixed.shape == self.values.shape and np.isfinite(mixed).all()
        ):
            raise ValueError(f"mixed_values must be finite, shape {self.values.shape}")
        if self.raw and len(self.raw) != len(self.values):
            raise ValueError(f"{len(self.raw)} raw entries for {len(self.values)} points")

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema_version": RESULT_SCHEMA_VERSION,
            "values": self.values.tolist(),
            "std_errors": self.std_errors.tolist(),
            "mixed_values": None if self.mixed_values is None else self.mixed_values.tolist(),
            "options": self.options.to_dict(),
            "provenance": self.provenance.to_dict(),
            "raw": self.raw,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Rebuild a result from `to_dict`.

        Raises:
            ValueError: If the document was written by another schema version.
        """
        if data["schema_version"] != RESULT_SCHEMA_VERSION:
            raise ValueError(f"unsupported result schema {data['schema_version']}")
        mixed = data["mixed_values"]
        return cls(
            values=np.asarray(data["values"], dtype=np.float64),
            std_errors=np.asarray(data["std_errors"], dtype=np.float64),
            mixed_values=None if mixed is None else np.asarray(mixed, dtype=np.float64),
            options=RunOptions(**data["options"]),
            provenance=Provenance.from_dict(data["provenance"]),
            raw=data["raw"],
        )
