"""When the knots of schedules are, and whether an agent may choose it.

A pulse has ``pieces``; all are equally long, or each has a length of its own within bounds. ``B``
schedules.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backends.analog.limits import Limits
from backends.errors import ProgramRejected
from backends.systems.document import Document, is_number, shown
from qtwin.fusion.base import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Lengths of the pieces of a pulse.

    Attributes:
        shortest: Of the durations; equal to ``longest`` where it is no choice.
        grid: Times are multiples of it; 0 allows all.
    """

    pieces: int
    shortest: float
    longest: float
    grid: float

    @classmethod
    def parse(cls, document: Document, pieces: int, limits: Limits | None) -> Pace:
        """Read ``duration``.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        shortest, longest = _durations(document)
        pace = cls(
            pieces=pieces,
            shortest=shortest,
            longest=longest,
            grid=limits.time_grid if limits else 0.0,
        )
        if limits:
            pace._check(document, limits)
        return pace

    @property
    def free(self) -> bool:
        """Whether the duration is a choice."""
        return self.shortest < self.longest

    def end(self, step: int, before: FloatArray, action: FloatArray) -> FloatArray:
        """When the knot of a step is, shape ``(B,)``.

        Args:
            step: From 0.
            before: When the knot before is, shape ``(B,)``.
            action: Within [-1, 1], shape ``(B, A)``.
        """
        if not self.free:
            return np.full(len(action), self._on_grid(self.longest * (step + 1) / self.pieces))
        share = (action[:, -1] + 1) / 2
        length = (self.shortest + share * (self.longest - self.shortest)) / self.pieces
        return self._clean(before + self._down(length))

    def last(self, before: FloatArray, end: FloatArray) -> FloatArray:
        """When schedules end whose last two knots are at ``before`` and ``end``, shape ``(B,)``.

        Where the duration is a choice the last piece is as long as the one before it.
        """
        if not self.free:
            return np.full_like(end, self.longest)
        return self._clean(2 * end - before)

    def rest(self, step: int, times: FloatArray) -> FloatArray:
        """How long there certainly is after the knot of a step, shape ``(B,)``.

        Args:
            step: From 0.
            times: When the knot before is, and this one, shape ``(B, 2)``.
        """
        left = self.pieces - step - 2
        if left == 0 or not self.free:
            return self.last(times[:, 0], times[:, 1]) - times[:, 1]
        shortest = self._down(np.array([self.shortest / self.pieces]))
        return np.full(len(times), (left + 1) * shortest[0])

    def _on_grid(self, time: float) -> float:
        return round(round(time / self.grid) * self.grid, 9) if self.grid else time

    def _down(self, lengths: FloatArray) -> FloatArray:
        """The longest lengths on the grid that are not longer."""
        if not self.grid:
            return lengths
        return np.asarray(np.floor(lengths / self.grid + 1e-6) * self.grid)

    def _clean(self, times: FloatArray) -> FloatArray:
        """Without the rounding of sums, where times lie on a grid."""
        return np.round(times, 9) if self.grid else times

    def shares(self, lengths: FloatArray) -> FloatArray:
        """Lengths of pieces as components of actions say them, -1 to 1."""
        span = self.longest - self.shortest
        return np.asarray(2 * (lengths * self.pieces - self.shortest) / span - 1)

    def check(self, duration: float) -> None:
        """Refuse a duration that is no choice.

        Raises:
            ProgramRejected: Names it and the allowed ones.
        """
        slack = 1e-9 + (self.pieces * self.grid if self.free else 0.0)
        if not self.shortest - slack <= duration <= self.longest + 1e-9:
            raise ProgramRejected(
                f"duration = {duration:g}; allowed: {self.shortest:g} to {self.longest:g}",
                field=f"/times/{self.pieces}",
            )

    def to_dict(self) -> float | dict[str, float]:
        """What `parse` reads as ``duration``."""
        return {"lower": self.shortest, "upper": self.longest} if self.free else self.longest

    def _check(self, document: Document, limits: Limits) -> None:
        if self.longest > limits.time_us:
            raise ProgramRejected(
                f"duration = {self.longest:g} us; allowed on {limits.name}: at most "
                f"{limits.time_us:g} us{limits.otherwise}",
                field=document.at("duration"),
            )
        if not self.free and abs(self._on_grid(self.longest) - self.longest) > 1e-9:
            raise ProgramRejected(
                f"duration = {self.longest!r} us; allowed on {limits.name}: multiples of "
                f"{limits.time_grid:g} us{limits.otherwise}",
                field=document.at("duration"),
            )
        piece, least = self.shortest / self.pieces, limits.time_step + self.grid
        if piece < least:
            raise ProgramRejected(
                f"segments = {self.pieces - 1} make pieces of {piece:g} us; allowed on "
                f"{limits.name}: {least:g} us or more{limits.otherwise}",
                field=document.at("segments"),
            )


def _durations(document: Document) -> tuple[float, float]:
    entry, at = document.required("duration"), document.at("duration")
    if isinstance(entry, dict):
        span = Document(entry, at)
        span.only("lower", "upper")
        shortest, longest = span.number("lower"), span.number("upper")
        if not 0 < shortest < longest:
            raise ProgramRejected(
                f"durations {shortest:g} to {longest:g}; allowed: lower above 0, upper above lower",
                field=at,
            )
        return shortest, longest
    if not is_number(entry) or entry <= 0:
        raise ProgramRejected(
            f"duration = {shown(entry)}; allowed: a number above 0, or lower and upper", field=at
        )
    return float(entry), float(entry)
