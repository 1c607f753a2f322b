"""What a schedule costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.driven import Driven
from qtwin.worlds.control.space import Knots, ScheduleSpace

FIELDS = ("time", "energy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Prices, in units of the goal.

    Attributes:
        time: Of each unit of a schedule's duration.
        energy: Of each unit of the integral of its squared drives over time.
        places: Which columns of knots are drives.
    """

    time: float
    energy: float
    places: tuple[int, ...]

    @classmethod
    def parse(cls, document: Document, driven: Driven, schedules: ScheduleSpace) -> Costs:
        """Read ``time`` and ``energy``, 0 unless given.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(*FIELDS)
        values = {}
        for name in FIELDS:
            values[name] = document.number(name) if document.entry(name, None) is not None else 0.0
            if values[name] < 0:
                raise ProgramRejected(
                    f"{name} = {values[name]:g}; allowed: 0 or more", field=document.at(name)
                )
        names = enumerate(schedules.names)
        places = tuple(place for place, name in names if name.startswith(driven.powers))
        return cls(**values, places=places)

    def of(self, knots: Knots) -> FloatArray:
        """Of many schedules, shape ``(B,)``."""
        lengths = np.diff(knots.times, axis=1)[:, :, None]
        drives = knots.values[:, :, self.places]
        start, end = drives[:, :-1], drives[:, 1:]
        squares = (start**2 + start * end + end**2) / 3
        energy = (squares * lengths).sum(axis=(1, 2))
        return np.asarray(self.time * knots.times[:, -1] + self.energy * energy)

    def to_dict(self) -> dict[str, float]:
        """The fields that `parse` reads."""
        return {"time": self.time, "energy": self.energy}
