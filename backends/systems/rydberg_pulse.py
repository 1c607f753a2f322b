"""The laser of a Rydberg array: Rabi frequency, detuning and phase, the same on every atom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import Document
from backends.systems.waveform import Waveform

FIELDS = ("rabi", "detuning", "phase")
CLOSE_US = 1e-9
"""Times closer than this are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Three waveforms.

    Attributes:
        rabi: Rabi frequency, rad/us, 0 or more.
        detuning: Of the laser, rad/us; positive favours the Rydberg state.
        phase: Radians, held between its times.
    """

    rabi: Waveform
    detuning: Waveform
    phase: Waveform

    @classmethod
    def parse(cls, document: Document, controls: Sequence[str]) -> Pulse:
        """Read the fields `FIELDS`.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        rabi, detuning, phase = (
            Waveform.parse(
                document.entry(name, None if name == "rabi" else 0.0),
                controls,
                at=document.at(name),
                steps=name == "phase",
            )
            for name in FIELDS
        )
        for index, entry in enumerate(rabi.entries):
            if not entry.names and entry.constant < 0:
                place = f"/values/{index}" if rabi.driven else ""
                raise ProgramRejected(
                    f"rabi = {entry.constant:g} rad/us; allowed: 0 or more",
                    field=document.at("rabi") + place,
                )
        pulse = cls(rabi=rabi, detuning=detuning, phase=phase)
        pulse._check_ends(document)
        return pulse

    def _check_ends(self, document: Document) -> None:
        """Refuse waveforms that end at different times, where no control decides it."""
        fixed = {
            name: wave.times[-1].constant
            for name, wave in self.waves.items()
            if wave.driven and not wave.times[-1].names
        }
        for name, end in fixed.items():
            first = next(iter(fixed))
            if abs(end - fixed[first]) > CLOSE_US:
                raise ProgramRejected(
                    f"{name} ends at {end:g} us; allowed: {fixed[first]:g} us, where {first} ends",
                    field=f"{document.at(name)}/times/{len(self.waves[name].times) - 1}",
                )

    @property
    def waves(self) -> dict[str, Waveform]:
        """The waveforms by the names of `FIELDS`."""
        return {"rabi": self.rabi, "detuning": self.detuning, "phase": self.phase}

    @property
    def driven(self) -> bool:
        """Whether anything changes with time."""
        return any(wave.driven for wave in self.waves.values())

    @property
    def real(self) -> bool:
        """Whether the phase is 0 throughout, so that no Y occurs."""
        return all(not entry.names and entry.constant == 0 for entry in self.phase.entries)

    @property
    def end(self) -> float | str | None:
        """What the document says about the end of the waveforms; None where all are static."""
        return next((w.times[-1].source for w in self.waves.values() if w.driven), None)

    @property
    def names(self) -> frozenset[str]:
        """Controls that occur in it."""
        return frozenset().union(*(wave.names for wave in self.waves.values()))

    def at(
        self, columns: Mapping[str, FloatArray], times: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Rabi frequency, detuning and phase of each point at its own time, each ``(P,)``."""
        rabi, detuning, phase = (wave.at(columns, times) for wave in self.waves.values())
        return rabi, detuning, phase

    def kinks(self, columns: Mapping[str, FloatArray], rows: int) -> list[FloatArray]:
        """Times at which something bends or jumps, point by point, ascending."""
        tables = [wave.table(columns, rows)[0] for wave in self.waves.values()]
        return [np.unique(row) for row in np.concatenate(tables, axis=1)]

    def check(self, columns: Mapping[str, FloatArray], rows: int) -> None:
        """Refuse values and times that no pulse can have.

        Raises:
            ProgramRejected: Points at the first bad point.
        """
        for name, wave in self.waves.items():
            times, values = wave.table(columns, rows)
            low = 0.0 if name == "rabi" else -np.inf
            for row, place in np.argwhere(~(np.isfinite(values) & (values >= low))):
                allowed = "0 or more" if name == "rabi" else "finite numbers"
                raise ProgramRejected(
                    f"{name} = {values[row, place]:g}; allowed: {allowed}", field=f"/points/{row}"
                )
            falling = ~(np.diff(times, axis=1) > CLOSE_US) | ~np.isfinite(times[:, 1:])
            for row, place in np.argwhere(falling):
                raise ProgramRejected(
                    f"{name}: time {times[row, place + 1]:g} us follows {times[row, place]:g} us; "
                    "allowed: ascending times",
                    field=f"/points/{row}",
                )
        ends = {n: w.table(columns, rows)[0][:, -1] for n, w in self.waves.items() if w.driven}
        first = next(iter(ends), "")
        for name, end in ends.items():
            for row in np.flatnonzero(np.abs(end - ends[first]) > CLOSE_US):
                raise ProgramRejected(
                    f"{name} ends at {end[row]:g} us; allowed: {ends[first][row]:g} us, where "
                    f"{first} ends",
                    field=f"/points/{row}",
                )

    def check_end(self, columns: Mapping[str, FloatArray], durations: FloatArray) -> None:
        """Refuse evolutions that go on after the waveforms ended.

        Raises:
            ProgramRejected: Points at the first bad point.
        """
        wave = next(wave for wave in self.waves.values() if wave.driven)
        ends = wave.table(columns, len(durations))[0][:, -1]
        for row in np.flatnonzero(durations > ends + CLOSE_US):
            raise ProgramRejected(
                f"time = {durations[row]:g} us; allowed: 0 to {ends[row]:g} us, where the "
                "waveforms end",
                field=f"/points/{row}",
            )

    def quantities(self) -> dict[str, set[Any]]:
        """What the document writes for quantities of each unit."""
        rates = {entry.source for wave in (self.rabi, self.detuning) for entry in wave.entries}
        times = {time.source for wave in self.waves.values() for time in wave.times}
        return {
            "rad/us": rates,
            "us": times,
            "rad": {entry.source for entry in self.phase.entries},
        }

    def to_dict(self) -> dict[str, Any]:
        """The fields that `parse` reads."""
        phase = {} if self.phase.source == 0.0 else {"phase": self.phase.source}
        return {"rabi": self.rabi.source, "detuning": self.detuning.source} | phase
