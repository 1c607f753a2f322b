"""A source as the third step lists it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backends import registry
from backends.schema import Cost, KnobLimit
from qtwin.projects.models import Role
from qtwin.web.typed import number
from qtwin.web.wizard.catalog import Offered


@dataclass(frozen=True, slots=True, kw_only=True)
class KnobLine:
    """A knob with what was typed."""

    limit: KnobLimit
    text: str
    low: float
    high: float
    wrong: str

    @property
    def default(self) -> str:
        return f"{self.limit.default:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source of the catalog with what was typed of it, and what it would take.

    Attributes:
        unavailable: Why it cannot be chosen now; empty if it can.
        observables: Those of what is wanted that it answers.
        cost: Of its points; None where something is wrong.
        design: Its points, as campaigns take them.
    """

    offer: Offered
    chosen: bool
    unavailable: str
    points: str
    shots: str
    device: str
    devices: tuple[str, ...]
    knobs: tuple[KnobLine, ...]
    wrong: dict[str, str] = field(default_factory=dict)
    observables: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    cost: Cost | None = None
    count: int = 0
    design: Any = None
    error: str = ""

    @property
    def paid(self) -> bool:
        return registry.get(self.offer.backend).capabilities.paid

    @property
    def is_reference(self) -> bool:
        return self.offer.role == Role.REFERENCE

    @property
    def money(self) -> int:
        """Micro-USD, at most."""
        return self.cost.money_micro_usd if self.cost and self.paid else 0

    @property
    def seconds(self) -> float:
        return self.cost.seconds if self.cost else 0.0

    @property
    def settings(self) -> dict[str, Any]:
        """With the device that was chosen."""
        device = {"device": self.device} if self.device else {}
        return {**self.offer.settings, **device}

    @property
    def knob_values(self) -> dict[str, float]:
        """Values that differ from the defaults."""
        typed = {knob.limit.name: number(knob.text) for knob in self.knobs if knob.text}
        return {name: float(value) for name, value in typed.items() if not isinstance(value, str)}

    @property
    def shot_count(self) -> int | None:
        shots = number(self.shots)
        return shots if self.offer.shots and isinstance(shots, int) else None

    @property
    def spec(self) -> dict[str, Any]:
        """What a campaign is told of it."""
        return {
            "source": self.offer.name,
            "knobs": self.knob_values,
            "shots": self.shot_count,
        }
