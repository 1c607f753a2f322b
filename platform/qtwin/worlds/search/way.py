"""One way to ask: a source at a setting, with its price and its noise.

Shapes: ``M`` grid points, ``N`` sites.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray, Role, SourceSpec
from qtwin.fusion.planner.noise import Noise
from qtwin.fusion.planner.offer import Price, Setting
from qtwin.fusion.star.posterior import StarFit


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What an agent may choose beside the point.

    Attributes:
        spec: The source.
        setting: Its gain and knobs.
        price: Of one ask.
        shot_std: Standard deviation of one shot, in the observable's unit; None to take it from
            the twin's measurements.
        measured_shots: Shots that each of those had; None where they are exact.
    """

    spec: SourceSpec
    setting: Setting
    price: Price
    shot_std: float | None = None
    measured_shots: int | None = None

    @property
    def name(self) -> str:
        """Of the source."""
        return self.spec.name

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for the same source at the same setting."""
        return (self.name, *self.setting.key())

    @property
    def noisy(self) -> bool:
        """Whether its answers have shot noise."""
        return self.shot_std is not None or self.measured_shots is not None

    def cost(self, shots: int) -> float:
        """Of one ask; exact sources take no shots."""
        return self.price.of(shots if self.noisy else 0)

    def variance(self, fit: StarFit, grid: FloatArray, shots: int) -> FloatArray:
        """Of the shot noise at points of the unit cube, standardised, shape ``(M,)``."""
        if self.shot_std is not None:
            return np.full(len(grid), (self.shot_std / fit.scale.factor) ** 2 / shots)
        if self.measured_shots is None:
            return np.zeros(len(grid))
        rows = rows_of(fit, self.name)
        past = Noise(
            x=fit.sites.x[rows],
            var=fit.sites.var[rows],
            shots=np.full(len(fit.sites.var[rows]), float(self.measured_shots)),
        )
        return past.variance(grid, shots)

    def to_dict(self) -> dict[str, Any]:
        """As a document has it."""
        body = {
            "name": self.name,
            "role": str(self.spec.role),
            "cost": self.price.run,
            "cost_per_shot": self.price.shot,
            "gain": self.setting.gain,
            "knobs": dict(self.setting.knobs),
            "shot_std": self.shot_std,
            "measured_shots": self.measured_shots,
        }
        return {name: value for name, value in body.items() if value is not None}

    def sees_truth(self) -> bool:
        """Whether it is a reference at the limit of its knobs."""
        knobs = self.setting.knobs
        at_limit = all(
            knob.distance(np.array([knobs[knob.name]]))[0] == 0.0 for knob in self.spec.knobs
        )
        return self.spec.role is Role.REFERENCE and at_limit


def rows_of(fit: StarFit, name: str) -> slice:
    """Rows of a source among the sites of a fit; none where it has not run."""
    names = [spec.name for spec in fit.sites.specs]
    return fit.sites.rows(names.index(name)) if name in names else slice(0, 0)
