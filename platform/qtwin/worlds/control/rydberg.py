"""A Rydberg array whose laser a schedule drives; atoms start in their ground state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from backends.analog.limits import Limits
from backends.analog.limits import check as check_limits
from backends.dynamics.rydberg import Rydberg
from backends.errors import ProgramRejected
from backends.systems import RydbergArray
from backends.systems.document import Document
from backends.systems.pauli import PauliSum
from backends.systems.state import Evolved
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.driven import measured, refuse_given
from qtwin.worlds.control.schedule import Schedule

UNITS = {"rabi": "rad/us", "detuning": "rad/us"}
"""The phase is no control: devices hold it from knot to knot."""


@dataclass(frozen=True, kw_only=True)
class RydbergDriven:
    """An array without what schedules give.

    Attributes:
        fields: Its document.
        array: It under a schedule that does nothing.
    """

    kind: ClassVar[str] = RydbergArray.kind
    time_unit: ClassVar[str] = "us"
    limited: ClassVar[bool] = True
    positive: ClassVar[tuple[str, ...]] = ("rabi",)
    dark: ClassVar[tuple[str, ...]] = ("rabi",)
    powers: ClassVar[tuple[str, ...]] = ("rabi",)
    misread: ClassVar[tuple[str, str]] = ("false_excited", "false_ground")
    fields: Mapping[str, Any]
    array: RydbergArray

    @classmethod
    def parse(cls, entry: Mapping[str, Any], scheduled: Sequence[str], *, at: str) -> RydbergDriven:
        """Read an array without ``rabi`` or ``detuning``, where schedules give them.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        refuse_given(entry, scheduled, at=at)
        document = Document(entry, at)
        for name in ("rabi", "detuning", "phase"):
            if isinstance(document.entry(name, None), Mapping):
                raise ProgramRejected(
                    f"{name} as a waveform; allowed: a number, or a control of the schedule",
                    field=document.at(name),
                )
        state = document.document("state")
        state.only("kind", "initial")
        state.choice("kind", ("evolved",), "evolved")
        fields = {**entry, "state": {"kind": "evolved"}}
        still = {name: {"times": [0, 1], "values": [0, 0]} for name in scheduled if name in UNITS}
        array = RydbergArray.parse(Document({**fields, **still}, at))
        assert isinstance(array.state, Evolved)
        initial = state.text("initial", array.state.initial)
        if set(initial) != {"0"} or len(initial) != array.qubits:
            raise ProgramRejected(
                f"initial = {initial!r}; allowed: {array.state.initial}", field=state.at("initial")
            )
        return cls(fields=fields, array=array)

    @property
    def qubits(self) -> int:
        return self.array.qubits

    @property
    def units(self) -> Mapping[str, str]:
        return UNITS

    @property
    def signs(self) -> Sequence[int] | None:
        return self.array.geometry.signs

    def dynamics(self, *, resolved: bool) -> Rydberg:
        return Rydberg.of(self.array, resolved=resolved)

    def operators(self) -> Mapping[str, PauliSum | FloatArray]:
        return measured(self.array, "hamiltonian", "energy")

    def check(self, schedule: Schedule, limits: Limits | None) -> None:
        if limits:
            array = RydbergArray.parse(Document(self.document(schedule), "/system"))
            check_limits(array, np.zeros((1, 0)), limits)

    def document(self, schedule: Schedule) -> dict[str, Any]:
        """The ``rydberg_array`` with the schedule as its waveforms."""
        times = schedule.times.tolist()
        waves = {
            name: {"times": times, "values": values.tolist()}
            for name, values in schedule.values.items()
        }
        return {**self.fields, **waves}

    def to_dict(self) -> dict[str, Any]:
        return dict(self.fields)
