"""How a drive goes in time: values of each control at common times, joined by lines.

``K`` knots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown
from qtwin.fusion.base import FloatArray

if TYPE_CHECKING:
    from qtwin.worlds.control.world import ControlWorld

FEWEST, MOST = 2, 100
"""Knots: a system's waveform has at most 100 times."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Schedule:
    """One whole schedule.

    Attributes:
        times: Ascending from 0, shape ``(K,)``, in the world's unit of time.
        values: By control, shape ``(K,)``, each in the control's unit.
    """

    times: FloatArray
    values: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        count = len(self.times)
        if self.times.ndim != 1 or not FEWEST <= count <= MOST:
            raise _bad(f"times of shape {self.times.shape}", f"{FEWEST} to {MOST} times", "times")
        if not np.isfinite(self.times).all() or self.times[0] != 0:
            raise _bad(f"times = {self.times.tolist()}", "finite times from 0 on", "times")
        for place in np.flatnonzero(np.diff(self.times) <= 0) + 1:
            text = f"time {self.times[place]:g} follows {self.times[place - 1]:g}"
            raise _bad(text, "ascending times", f"times/{place}")
        for name, values in self.values.items():
            if values.shape != (count,):
                wrong = f"{name} has shape {values.shape}"
                raise _bad(wrong, f"one value for each of {count} times", f"values/{name}")
            for place in np.flatnonzero(~np.isfinite(values)):
                raise _bad(f"{name} = {values[place]}", "finite numbers", f"values/{name}/{place}")

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> Schedule:
        """Read what `to_dict` wrote.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        read = Document(document)
        read.only("times", "values")
        times = _numbers(read, "times")
        values = read.document("values")
        given = read.entry("values", {})
        return cls(times=times, values={str(name): _numbers(values, name) for name in given})

    @property
    def duration(self) -> float:
        """Its last time."""
        return float(self.times[-1])

    def at(self, times: FloatArray) -> dict[str, FloatArray]:
        """Each control at some times, of their shape."""
        return {name: np.interp(times, self.times, v) for name, v in self.values.items()}

    def system(self, world: ControlWorld) -> dict[str, Any]:
        """The document of a system that any backend runs as an ordinary job.

        Raises:
            ProgramRejected: The world does not have these controls, or they leave their bounds.
        """
        world.schedules.check(self)
        return world.driven.document(self)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        values = {name: v.tolist() for name, v in self.values.items()}
        return {"times": self.times.tolist(), "values": values}


def _numbers(document: Document, name: str) -> FloatArray:
    entries = document.items(name, FEWEST, MOST)
    for index, entry in enumerate(entries):
        if not is_number(entry):
            raise ProgramRejected(
                f"{shown(entry)}; allowed: a finite number", field=f"{document.at(name)}/{index}"
            )
    return np.array(entries, dtype=np.float64)


def _bad(what: str, allowed: str, field: str) -> ProgramRejected:
    return ProgramRejected(f"{what}; allowed: {allowed}", field=f"/{field}")
