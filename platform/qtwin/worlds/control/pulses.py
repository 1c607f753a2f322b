"""Pulses on one or more qubits in the frame that rotates with their drive.

The controls are those of `backends.dynamics.pulses`: ``x0``, ``y0``, ``z0`` of qubit 0 and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from backends.analog.limits import Limits
from backends.dynamics.pulses import KIND, Pulses
from backends.errors import ProgramRejected
from backends.systems.pauli import PauliSum
from qtwin.fusion.base import FloatArray
from qtwin.worlds.control.driven import refuse_given
from qtwin.worlds.control.schedule import Schedule


@dataclass(frozen=True, kw_only=True)
class PulsesDriven:
    """Some qubits, all 0 before the pulse."""

    kind: ClassVar[str] = KIND
    time_unit: ClassVar[str] = "us"
    limited: ClassVar[bool] = False
    positive: ClassVar[tuple[str, ...]] = ()
    dark: ClassVar[tuple[str, ...]] = ()
    powers: ClassVar[tuple[str, ...]] = ("x", "y")
    misread: ClassVar[tuple[str, str]] = ("false_one", "false_zero")
    pulses: Pulses

    @classmethod
    def parse(cls, entry: Mapping[str, Any], scheduled: Sequence[str], *, at: str) -> PulsesDriven:
        """Read the document of `backends.dynamics.pulses`.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        refuse_given(entry, (), at=at)
        return cls(pulses=Pulses.parse(entry, at))

    @property
    def qubits(self) -> int:
        return self.pulses.qubits

    @property
    def units(self) -> Mapping[str, str]:
        return {quantity.name: quantity.unit for quantity in self.pulses.controls}

    @property
    def signs(self) -> Sequence[int] | None:
        return None

    def dynamics(self, *, resolved: bool) -> Pulses:
        return self.pulses

    def operators(self) -> Mapping[str, PauliSum | FloatArray]:
        return {}

    def check(self, schedule: Schedule, limits: Limits | None) -> None:
        """No device limits it."""

    def document(self, schedule: Schedule) -> dict[str, Any]:
        raise ProgramRejected(
            "no backend runs pulses on qubits; allowed: worlds with a rydberg_array",
            field="/system/kind",
        )

    def to_dict(self) -> dict[str, Any]:
        return self.pulses.to_dict()
