"""Systems whose Hamiltonian and observables are Pauli sums on qubits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import Document
from backends.systems.observable import ObservableSpec
from backends.systems.own_observable import OwnObservable
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable, Projector
from backends.systems.state import Evolved, Ground, Kicked, State, Thermal
from backends.systems.system import System

Sector = tuple[tuple[int, int], ...]

HAMILTONIAN = "hamiltonian"
GROUND = Ground()


@dataclass(frozen=True, slots=True, kw_only=True)
class QubitSystem(System):
    """A family of Pauli sums over ``C`` controls, and the state that is asked about.

    Attributes:
        own: Observables that the user added.
    """

    state: State = GROUND
    own: tuple[OwnObservable, ...] = ()

    @property
    @abstractmethod
    def qubits(self) -> int:
        """Number of qubits."""

    @abstractmethod
    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        """At each point of shape ``(P, C)``: the Hamiltonian and each linear observable by name.

        Observables that are no expectation value of an operator, such as a gap, are not in it; nor
        are `projectors`. A system adds `own_operators` to those that it defines.
        """

    def own_operators(self, points: FloatArray) -> list[dict[str, PauliSum]]:
        """The Pauli sums that the user added, at each point."""
        sums = {
            one.name: one.operators(self.columns(points), len(points))
            for one in self.own
            if not one.bitstring
        }
        return [{name: found[row] for name, found in sums.items()} for row in range(len(points))]

    @property
    def primary(self) -> tuple[str, ...]:
        """The first observable, and those that the user added."""
        names = (self.observables[0].name, *(one.name for one in self.own))
        return tuple(dict.fromkeys(names))

    @property
    def own_specs(self) -> tuple[ObservableSpec, ...]:
        """What the observables that the user added mean."""
        return tuple(one.spec for one in self.own)

    @property
    def own_names(self) -> frozenset[str]:
        """Controls that occur in the observables that the user added."""
        return frozenset().union(*(one.names for one in self.own))

    @property
    def projectors(self) -> Mapping[str, Projector]:
        """The bit strings whose probabilities the user asks for, by name."""
        return {one.name: one.projector for one in self.own if one.bitstring}

    def measurables(self, points: FloatArray) -> list[Mapping[str, Measurable]]:
        """At each point: `operators` and `projectors` together."""
        projectors = self.projectors
        return [{**operators, **projectors} for operators in self.operators(points)]

    @property
    def sector(self) -> Sector:
        """Conserved numbers that are fixed: qubits (as bits of a mask), and how many of them are 1.

        Empty where the whole space is meant.
        """
        return ()

    @property
    def driven(self) -> bool:
        """Whether the Hamiltonian changes during an evolution."""
        return False

    def hamiltonians(self, points: FloatArray, times: FloatArray) -> list[PauliSum]:
        """The Hamiltonian of each point at its own time, shape ``(P,)``."""
        return [operators[HAMILTONIAN] for operators in self.operators(points)]

    def kinks(self, points: FloatArray) -> list[FloatArray]:
        """Times at which each point's Hamiltonian bends or jumps, ascending; smooth in between."""
        return [np.empty(0) for _ in points]

    @property
    def drivers(self) -> frozenset[str]:
        """Controls that the Hamiltonian depends on; the others only say when and what is asked."""
        return frozenset(control.name for control in self.controls)

    def longest_step(self, points: FloatArray) -> FloatArray:
        """Steps of a split evolution beyond which it is no evolution of this system, ``(P,)``.

        An energy ``E`` acts in steps of ``dt`` as ``E`` up to multiples of ``2 pi / dt``.
        """
        return np.full(len(points), np.inf)

    def columns(self, points: FloatArray) -> dict[str, FloatArray]:
        """Each control's values, shape ``(P,)``, by name."""
        return {control.name: points[:, i] for i, control in enumerate(self.controls)}

    def durations(self, points: FloatArray) -> FloatArray:
        """How long each point evolves, shape ``(P,)``; only of an evolved state."""
        assert isinstance(self.state, Evolved)
        return self.state.time.values(self.columns(points), len(points))

    def temperatures(self, points: FloatArray) -> FloatArray:
        """Temperature of each point, shape ``(P,)``; only of a thermal state."""
        assert isinstance(self.state, Thermal)
        return self.state.temperature.values(self.columns(points), len(points))

    def asked(self) -> dict[str, Any]:
        """The fields of the document that say what is asked: ``state`` and ``observables``."""
        state = {} if self.state == GROUND else {"state": self.state.to_dict()}
        own = {"observables": [one.to_dict() for one in self.own]} if self.own else {}
        return state | own

    def check_controls(self, document: Document, *used: frozenset[str]) -> None:
        """Refuse a control that is declared twice or occurs nowhere.

        Args:
            used: Controls that occur in the Hamiltonian.

        Raises:
            ProgramRejected: Points at the control's name.
        """
        names = [control.name for control in self.controls]
        known = self.state.names.union(self.own_names, *used)
        for index, name in enumerate(names):
            wrong = ""
            if name in names[:index]:
                wrong = "is declared twice; allowed: each control once"
            elif name not in known:
                wrong = "is used nowhere; allowed: names in a parameter, the state or an observable"
            if wrong:
                at = f"{document.at('controls')}/{index}/name"
                raise ProgramRejected(f"the control {name!r} {wrong}", field=at)

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, with a negative time, or a temperature of 0 or less.

        Refuses those too at which the coefficients of an added observable are not finite.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3/0``.
        """
        System.check_points(self, points)
        placed = np.asarray(points, dtype=np.float64).reshape(len(points), len(self.controls))
        for one in self.own:
            if one.names:
                refuse_infinite(one.name, one.values(self.columns(placed), len(placed)))
        if isinstance(self.state, Evolved):
            name, values, allowed = "time", self.durations(placed), "0 or more"
            bad = ~(np.isfinite(values) & (values >= 0))
        elif isinstance(self.state, Thermal):
            name, values, allowed = "temperature", self.temperatures(placed), "more than 0"
            bad = ~(np.isfinite(values) & (values > 0))
        elif isinstance(self.state, Kicked):
            name, allowed = "theta_h or theta_j", "finite numbers"
            values = self.state.angles(self.columns(placed), len(placed)).sum(axis=1)
            bad = ~np.isfinite(values)
        else:
            return
        for row in np.flatnonzero(bad):
            raise ProgramRejected(
                f"{name} = {values[row]:g}; allowed: {allowed}", field=f"/points/{row}"
            )


def refuse_infinite(name: str, values: FloatArray) -> None:
    """Refuse the first point at which a parameter is not finite.

    Args:
        values: Shape ``(P, B)``.

    Raises:
        ProgramRejected: Points at it, e.g. ``/points/3``.
    """
    for row in np.flatnonzero(~np.isfinite(values).all(axis=1)):
        raise ProgramRejected(
            f"{name} is not finite here; allowed: finite numbers", field=f"/points/{row}"
        )
