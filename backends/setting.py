"""What a setting of a backend may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Between:
    """A setting that is a number from ``low`` to ``high``."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and self.low <= value <= self.high  # type: ignore[operator]  # a number

    def __str__(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"


Allowed = tuple[Any, ...] | Between | None
Settings = tuple[tuple[str, Allowed], ...]


def allowed_values(allowed: Allowed) -> list[Any] | dict[str, float] | None:
    """JSON form of what a setting allows: a list, the bounds of a number, or null for free text."""
    if isinstance(allowed, Between):
        return {"lower": allowed.low, "upper": allowed.high}
    return None if allowed is None else list(allowed)
