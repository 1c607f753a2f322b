"""A kernel that was estimated, with its statistical errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KernelEstimate:
    """Entries of a kernel between N and M points.

    Attributes:
        values: Shape ``(N, M)``.
        std: One-sigma statistical error of each entry, shape ``(N, M)``; 0 where it is exact.
            Entries of measured states share shots, and their errors go together.
    """

    values: FloatArray
    std: FloatArray

    def __post_init__(self) -> None:
        if self.values.shape != self.std.shape or self.values.ndim != 2:
            raise ValueError(f"values {self.values.shape}, std {self.std.shape}")
        if not (np.isfinite(self.values).all() and np.all(self.std >= 0)):
            raise ValueError("values must be finite, and std at least 0")
