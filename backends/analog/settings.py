"""Settings of an analog run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backends.analog import limits
from backends.analog.readout import SETTING, ReadoutError
from backends.errors import ProgramRejected
from backends.systems.document import is_number

STEPS, RADIUS, LIMITS = "steps", "blockade_radius", "limits"
DEFAULT_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the source fixes.

    Attributes:
        steps: Points in time.
        radius: Blockade radius, um.
        limits: Name of the device whose limits hold, or ``none``.
    """

    steps: int
    radius: float
    readout: ReadoutError
    limits: str

    @classmethod
    def parse(cls, settings: Mapping[str, Any]) -> Settings:
        """Read them.

        Raises:
            ProgramRejected: Names the setting, its value and the allowed values.
        """
        steps, radius = settings.get(STEPS, DEFAULT_STEPS), settings.get(RADIUS, 0.0)
        if type(steps) is not int or not 20 <= steps <= 10_000:
            raise ProgramRejected(
                f"{STEPS} = {steps!r}; allowed: whole numbers from 20 to 10000",
                field=f"/settings/{STEPS}",
            )
        if not is_number(radius) or not 0 <= radius <= 100:
            raise ProgramRejected(
                f"{RADIUS} = {radius!r}; allowed: 0 (no blockade) to 100 um",
                field=f"/settings/{RADIUS}",
            )
        return cls(
            steps=steps,
            radius=float(radius),
            readout=ReadoutError.parse(settings),
            limits=settings.get(LIMITS, limits.AQUILA.name),
        )

    @property
    def runs(self) -> tuple[int, int, int]:
        """Numbers of steps that are run, each about twice the one before."""
        return self.steps // 4, self.steps // 2, self.steps

    def facts(self) -> dict[str, Any]:
        """For the provenance."""
        return {
            STEPS: self.steps,
            "truncation_errors": f"the larger move of the last two doublings of {self.runs}",
            RADIUS: self.radius,
            LIMITS: self.limits,
            SETTING: [self.readout.ground, self.readout.rydberg],
            "shots_are": "per point",
        }
