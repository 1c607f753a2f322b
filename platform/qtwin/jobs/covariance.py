"""Covariance of measurements that were estimated from the same shots, as an artifact's bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

KIND = "shot-covariance"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShotCovariance:
    """One block; every measurement of it points at the artifact.

    Attributes:
        measurements: Their ids, G of them.
        covariance: Shape ``(G, G)``, in the products of their units, ``std**2`` on the diagonal.
    """

    measurements: tuple[UUID, ...]
    covariance: NDArray[np.float64]

    def __post_init__(self) -> None:
        size = len(self.measurements)
        if self.covariance.shape != (size, size):
            raise ValueError(f"covariance {self.covariance.shape} of {size} measurements")

    def to_bytes(self) -> bytes:
        """JSON text, the same for the same block."""
        document = {
            "schema_version": SCHEMA_VERSION,
            "measurements": [str(identifier) for identifier in self.measurements],
            "covariance": self.covariance.tolist(),
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> ShotCovariance:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: It is of another schema version.
        """
        document = json.loads(data)
        if document["schema_version"] != SCHEMA_VERSION:
            raise ValueError(f"schema_version {document['schema_version']}; known: 1")
        return cls(
            measurements=tuple(UUID(text) for text in document["measurements"]),
            covariance=np.array(document["covariance"], dtype=np.float64),
        )
