"""A quantity wanted from a system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservableSpec:
    """What an observable means.

    Attributes:
        unit: Its one canonical unit; every stored value is in it.
        lower: Physical lower bound, or None.
        upper: Physical upper bound, or None.
        variational: Whether any trial state bounds its true value from above.
    """

    name: str
    label: str
    unit: str
    lower: float | None = None
    upper: float | None = None
    variational: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "lower": self.lower,
            "upper": self.upper,
            "variational": self.variational,
        }
