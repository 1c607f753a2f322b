"""One method applied to one system at many points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray: TypeAlias = NDArray[np.float64]
else:  # for annotations alone, numpy is not loaded
    FloatArray = Any

EXPERIMENT_SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Experiment:
    """What a backend is asked to evaluate.

    Attributes:
        system: JSON document of the physical system (see `backends.systems`).
        method: How the system becomes numbers, e.g. ``fci`` or ``vqe``.
        settings: Fixed settings of the source (basis, ansatz, device).
        controls: Names of the controls, the columns of ``points``.
        points: Control values, shape ``(P, C)``, each in its control's canonical unit.
        knobs: Names of the knobs, the columns of ``knob_values`` (e.g. ``noise_gain``).
        knob_values: Knob values, shape ``(P, K)``.
        observables: Names of the ``O`` wanted observables of the system.
    """

    system: Mapping[str, Any]
    method: str
    controls: tuple[str, ...]
    points: FloatArray
    observables: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    knobs: tuple[str, ...] = ()
    knob_values: FloatArray = field(default_factory=lambda: np.empty((0, 0)))

    def __post_init__(self) -> None:
        rows = len(self.points)
        if rows and not self.knobs and self.knob_values.size == 0:
            object.__setattr__(self, "knob_values", np.empty((rows, 0)))
        if self.points.shape != (rows, len(self.controls)):
            raise ValueError(f"points {self.points.shape} for controls {self.controls}")
        if self.knob_values.shape != (rows, len(self.knobs)):
            raise ValueError(f"knob_values {self.knob_values.shape} for knobs {self.knobs}")
        if not (np.isfinite(self.points).all() and np.isfinite(self.knob_values).all()):
            raise ValueError("points and knob_values must be finite")

    @property
    def shape(self) -> tuple[int, int]:
        """Shape ``(P, O)`` of every array in the matching result."""
        return len(self.points), len(self.observables)

    def rows(self, start: int, stop: int) -> Self:
        """The same experiment at points ``start`` to ``stop`` only."""
        return replace(
            self, points=self.points[start:stop], knob_values=self.knob_values[start:stop]
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema_version": EXPERIMENT_SCHEMA_VERSION,
            "system": dict(self.system),
            "method": self.method,
            "settings": dict(self.settings),
            "controls": list(self.controls),
            "points": self.points.tolist(),
            "knobs": list(self.knobs),
            "knob_values": self.knob_values.tolist(),
            "observables": list(self.observables),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Rebuild an experiment from `to_dict`.

        Raises:
            ValueError: If the document was written by another schema version.
        """
        if data["schema_version"] != EXPERIMENT_SCHEMA_VERSION:
            raise ValueError(f"unsupported experiment schema {data['schema_version']}")
        rows = len(data["points"])
        return cls(
            system=data["system"],
            method=data["method"],
            settings=data["settings"],
            controls=tuple(data["controls"]),
            points=np.asarray(data["points"], dtype=np.float64).reshape(rows, -1),
            knobs=tuple(data["knobs"]),
            knob_values=np.asarray(data["knob_values"], dtype=np.float64).reshape(
                rows, len(data["knobs"])
            ),
            observables=tuple(data["observables"]),
        )
