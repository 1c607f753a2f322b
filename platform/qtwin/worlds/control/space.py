"""The schedules among which an agent chooses, knot by knot.

An episode's round has ``S`` steps. Step ``k`` of ``1 .. S`` sets knot ``k`` of every control, so
that a pulse has ``S + 1`` pieces. A control with an end goes to it in a line; one without holds its
first or last knot. Actions in [-1, 1] are scaled to the control's bounds, and then moved as little
as the largest slope asks for: no faster than that from the knot before, and not so far that its end
is out of reach. ``B`` schedules, ``C`` controls, ``A`` components of an action, ``K = S + 2``
knots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backends.analog.limits import AQUILA, Limits
from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.bounds import check_bounds, check_slopes, ranges
from qtwin.worlds.control.driven import Driven
from qtwin.worlds.control.pace import Pace
from qtwin.worlds.control.range import ControlRange
from qtwin.worlds.control.schedule import MOST, Schedule

LIMITS = {"aquila": AQUILA, "none": None}
DURATION = "duration"
SHAPES = ("linear",)


class Knots(NamedTuple):
    """Many schedules of one space: times of shape ``(B, K)`` and values of shape ``(B, K, C)``."""

    times: FloatArray
    values: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSpace:
    """What an agent may choose.

    Attributes:
        pace: When the knots are.
        limits: Of the device that the schedules are for.
    """

    controls: tuple[ControlRange, ...]
    segments: int
    pace: Pace
    limits: Limits | None

    @classmethod
    def parse(cls, document: Document, driven: Driven) -> ScheduleSpace:
        """Read ``duration``, ``segments``, ``controls``, ``shape`` and ``limits``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(DURATION, "segments", "controls", "shape", "limits")
        document.choice("shape", SHAPES, SHAPES[0])
        allowed = tuple(LIMITS) if driven.limited else ("none",)
        limits = LIMITS[document.choice("limits", allowed, allowed[0])]
        segments = document.integer("segments", 1, MOST - 2)
        pace = Pace.parse(document, segments + 1, limits)
        controls = ranges(document, driven, limits, pace.shortest)
        return cls(controls=controls, segments=segments, pace=pace, limits=limits)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the controls, in order."""
        return tuple(control.name for control in self.controls)

    @property
    def components(self) -> tuple[str, ...]:
        """Of an action: each control, and the duration where it is a choice."""
        return (*self.names, DURATION) if self.pace.free else self.names

    def knot(
        self, step: int, times: FloatArray, before: FloatArray, action: FloatArray
    ) -> FloatArray:
        """Values of the controls at one knot, shape ``(B, C)``.

        Args:
            step: From 0.
            times: When the knot before is, and this one, shape ``(B, 2)``.
            before: Values at the knot before, shape ``(B, C)``; at step 0 `starts`.
            action: Within [-1, 1], shape ``(B, A)``.
        """
        length, rest = times[:, 1] - times[:, 0], self.pace.rest(step, times)
        columns = []
        for index, control in enumerate(self.controls):
            wanted = control.lower + (action[:, index] + 1) / 2 * (control.upper - control.lower)
            low, high = np.full_like(wanted, control.lower), np.full_like(wanted, control.upper)
            if step or control.start is not None:
                low = np.maximum(low, before[:, index] - control.slew * length)
                high = np.minimum(high, before[:, index] + control.slew * length)
            if control.stop is not None:
                low = np.maximum(low, control.stop - control.slew * rest)
                high = np.minimum(high, control.stop + control.slew * rest)
            columns.append(np.clip(wanted, low, high))
        return np.stack(columns, axis=1)

    def starts(self, rows: int) -> FloatArray:
        """What the controls start from, shape ``(B, C)``; the lower bound where it is free."""
        values = [c.lower if c.start is None else c.start for c in self.controls]
        return np.tile(values, (rows, 1))

    def close(self, times: FloatArray, values: FloatArray) -> Knots:
        """Whole schedules from their inner knots.

        Args:
            times: Shape ``(B, S)``.
            values: Shape ``(B, S, C)``.
        """
        zeros = np.zeros(len(times))
        before = times[:, -2] if self.segments > 1 else zeros
        ends = self.pace.last(before, times[:, -1])
        first, last = values[:, 0].copy(), values[:, -1].copy()
        for index, control in enumerate(self.controls):
            first[:, index] = first[:, index] if control.start is None else control.start
            last[:, index] = last[:, index] if control.stop is None else control.stop
        return Knots(
            np.concatenate([zeros[:, None], times, ends[:, None]], axis=1),
            np.concatenate([first[:, None], values, last[:, None]], axis=1),
        )

    def knots(self, actions: FloatArray) -> Knots:
        """Whole schedules from all actions of a round, shape ``(B, S, A)``, clipped to [-1, 1]."""
        actions = np.clip(np.asarray(actions, dtype=np.float64), -1.0, 1.0)
        rows = len(actions)
        times, values = [np.zeros(rows)], [self.starts(rows)]
        for step in range(self.segments):
            times.append(self.pace.end(step, times[-1], actions[:, step]))
            pair = np.stack(times[-2:], axis=1)
            values.append(self.knot(step, pair, values[-1], actions[:, step]))
        return self.close(np.stack(times[1:], axis=1), np.stack(values[1:], axis=1))

    def scaled(self, times: FloatArray, values: FloatArray) -> FloatArray:
        """One knot as components of an action say it, shape ``(B, A)``.

        Args:
            times: When the knot before is, and this one, shape ``(B, 2)``.
            values: Shape ``(B, C)``.
        """
        lower = np.array([control.lower for control in self.controls])
        upper = np.array([control.upper for control in self.controls])
        found = 2 * (values - lower) / (upper - lower) - 1
        if self.pace.free:
            shares = self.pace.shares(times[:, 1] - times[:, 0])
            found = np.concatenate([found, shares[:, None]], axis=1)
        return np.asarray(found)

    def schedule(self, knots: Knots, row: int = 0) -> Schedule:
        """One of many."""
        table = knots.values[row]
        return Schedule(
            times=knots.times[row].copy(),
            values={name: table[:, i].copy() for i, name in enumerate(self.names)},
        )

    def actions(self, schedule: Schedule) -> FloatArray:
        """Actions that come as near to a schedule as this space can, shape ``(S, A)``.

        It is exact for a schedule of this space.
        """
        times = np.linspace(0.0, schedule.duration, self.segments + 2)[1:-1]
        if len(schedule.times) == self.segments + 2:
            times = schedule.times[1:-1]
        found = schedule.at(times)
        values = np.stack([found[name] for name in self.names], axis=1)
        pairs = np.stack([np.append(0.0, times[:-1]), times], axis=1)
        return np.clip(self.scaled(pairs, values), -1.0, 1.0)

    def sweep(self) -> Schedule:
        """The linear sweep: a control without ends goes from its lower to its upper bound.

        One with ends is at its upper bound as soon and as long as it can be. It takes the longest
        duration.
        """
        actions = np.ones((1, self.segments, len(self.components)))
        for index, control in enumerate(self.controls):
            if control.start is None and control.stop is None:
                actions[0, :, index] = np.linspace(-1, 1, self.segments)
        return self.schedule(self.knots(actions))

    def check(self, schedule: Schedule) -> None:
        """Refuse a schedule with other controls, beyond bounds, slopes, ends or durations.

        Raises:
            ProgramRejected: Names the field of the schedule, its value and the allowed values.
        """
        if set(schedule.values) != set(self.names):
            raise ProgramRejected(
                f"controls {', '.join(schedule.values)}; allowed: {', '.join(self.names)}",
                field="/values",
            )
        self.pace.check(schedule.duration)
        for control in self.controls:
            check_bounds(schedule, control)
            check_slopes(schedule, control)

    def to_dict(self) -> dict[str, Any]:
        """The fields that `parse` reads."""
        return {
            DURATION: self.pace.to_dict(),
            "segments": self.segments,
            "controls": {control.name: control.to_dict() for control in self.controls},
            "shape": SHAPES[0],
            "limits": self.limits.name if self.limits else "none",
        }
