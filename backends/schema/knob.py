"""Where the error that a knob causes vanishes: what a model needs to predict the limit.

A knob is ``damping`` when it amplifies noise, which shrinks values toward those of the maximally
mixed state, and ``discrepancy`` when it is an approximation that the limit makes exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class KnobKind(StrEnum):
    DAMPING = "damping"
    DISCREPANCY = "discrepancy"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnobLimit:
    """The limit of one knob of a method with fixed settings.

    Attributes:
        name: Of the knob.
        kind: How it acts.
        limit: Value at which its error is gone; may be infinite.
        order: Leading power of the error in ``|value - limit|``, or in ``1 / value``.
        default: Its value where an experiment does not name it.
        states_truncation: Whether a result's ``truncation_errors`` tell what this knob leaves; a
            row that has none was not truncated.
    """

    name: str
    kind: KnobKind = KnobKind.DISCREPANCY
    limit: float
    order: float = 1.0
    default: float
    states_truncation: bool = False

    def __post_init__(self) -> None:
        if math.isnan(self.limit) or not 0.0 < self.order < math.inf:
            raise ValueError(f"knob {self.name!r}: limit {self.limit}, order {self.order}")

    def to_dict(self) -> dict[str, Any]:
        """JSON form; an infinite limit, which JSON has no number for, is ``inf`` or ``-inf``."""
        return {
            "name": self.name,
            "kind": str(self.kind),
            "limit": self.limit if math.isfinite(self.limit) else str(self.limit),
            "order": self.order,
            "default": self.default,
            "states_truncation": self.states_truncation,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> KnobLimit:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: If the limit or the order is no such number.
        """
        return cls(
            **{**data, "kind": KnobKind(data["kind"]), "limit": float(data["limit"])},
        )
