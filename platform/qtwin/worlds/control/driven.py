"""The port of a driven system, and the systems by their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

import numpy as np

from backends.errors import ProgramRejected
from backends.systems import QubitSystem
from backends.systems.document import Document
from backends.systems.pauli import PauliSum
from qtwin.fusion.base import FloatArray

if TYPE_CHECKING:
    from backends.analog.limits import Limits
    from backends.dynamics.driven import Driven as Dynamics
    from qtwin.worlds.control.schedule import Schedule

READERS = {
    "rydberg_array": "qtwin.worlds.control.rydberg:RydbergDriven",
    "spin_lattice": "qtwin.worlds.control.anneal:AnnealDriven",
    "pulses": "qtwin.worlds.control.pulses:PulsesDriven",
}
MOST_QUBITS = 12
"""A batch holds ``2**n`` amplitudes for each of its environments."""


class Driven(Protocol):
    """A system of ``n`` qubits that schedules drive."""

    kind: ClassVar[str]
    time_unit: ClassVar[str]
    limited: ClassVar[bool]
    """Whether a device limits its schedules."""
    positive: ClassVar[tuple[str, ...]]
    """Controls that are never negative."""
    dark: ClassVar[tuple[str, ...]]
    """Controls that a device starts and ends at 0."""
    powers: ClassVar[tuple[str, ...]]
    """First letters of the controls whose squares make the energy of a schedule."""
    misread: ClassVar[tuple[str, str]]
    """Parameters: probabilities to read 0 as 1, and 1 as 0."""

    @property
    def qubits(self) -> int:
        """``n``."""
        ...

    @property
    def units(self) -> Mapping[str, str]:
        """Of each quantity that a schedule may drive, in order."""
        ...

    @property
    def signs(self) -> Sequence[int] | None:
        """1 and -1 on two sublattices, length n; None where there are none."""
        ...

    def dynamics(self, *, resolved: bool) -> Dynamics:
        """What evolves it.

        Args:
            resolved: Whether each qubit has its own terms, as noise that is frozen in shots needs.
        """
        ...

    def operators(self) -> Mapping[str, PauliSum | FloatArray]:
        """What a goal may be by name: Pauli sums, or values in the basis states ``(2**n,)``."""
        ...

    def check(self, schedule: Schedule, limits: Limits | None) -> None:
        """Refuse a system that a device cannot hold.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        ...

    def document(self, schedule: Schedule) -> dict[str, Any]:
        """A system under this schedule, that any backend runs.

        Raises:
            ProgramRejected: No backend runs it.
        """
        ...

    def to_dict(self) -> dict[str, Any]:
        """The document without what schedules give."""
        ...


def read(entry: Any, scheduled: Sequence[str], *, at: str) -> Driven:
    """Read a driven system.

    Args:
        at: JSON pointer of the entry.
        scheduled: What schedules give and the document may not.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    kind = Document(entry, at).choice("kind", tuple(READERS))
    module, name = READERS[kind].split(":")
    driven = cast("Driven", getattr(import_module(module), name).parse(entry, scheduled, at=at))
    if driven.qubits > MOST_QUBITS:
        raise ProgramRejected(f"{driven.qubits} qubits; allowed: {MOST_QUBITS} at most", field=at)
    return driven


def refuse_given(entry: Mapping[str, Any], scheduled: Sequence[str], *, at: str) -> None:
    """Refuse what schedules give, and controls of a whole family of systems.

    Raises:
        ProgramRejected: Names the field.
    """
    for name in scheduled:
        if name in entry:
            raise ProgramRejected(
                f"{name} is given by the schedule; allowed: leave it out", field=f"{at}/{name}"
            )
    if entry.get("controls"):
        raise ProgramRejected(
            "the system of a world has no controls; allowed: numbers in their place",
            field=f"{at}/controls",
        )


def measured(system: QubitSystem, *unwanted: str) -> dict[str, PauliSum | FloatArray]:
    """The observables of a system without controls, but for some; of bit strings their values."""
    found: dict[str, PauliSum | FloatArray] = {}
    for name, one in system.measurables(np.zeros((1, 0)))[0].items():
        if name in unwanted:
            continue
        if isinstance(one, PauliSum):
            found[name] = one
        else:
            values = np.zeros(2**system.qubits)
            values[one.bits] = 1.0
            found[name] = values
    return found
