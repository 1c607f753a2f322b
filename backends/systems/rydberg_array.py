"""Atoms that a laser drives between their ground state and a Rydberg state.

``H / hbar = sum_q [Omega/2 (cos(phi) X_q - sin(phi) Y_q) - Delta n_q] + sum_qr C6/d_qr^6 n_q n_r``
over pairs ``qr``, with ``n = (1 - Z) / 2``: qubit 0 is the ground, 1 the Rydberg state, and atom
``q`` is qubit ``q`` (Bernien et al., Nature 551, 579 (2017)). The phase is that of Amazon Braket's
documentation of QuEra's Aquila, ``exp(i phi) |g><r| + exp(-i phi) |r><g|``. Micrometres,
microseconds, rad/us.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import own_observable, rydberg_observables, rydberg_pulse
from backends.systems import state as states
from backends.systems.control import Control
from backends.systems.document import Document, is_number, shown
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_observables import common
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem
from backends.systems.rydberg_geometry import FIELDS, Geometry
from backends.systems.rydberg_pulse import Pulse

RYDBERG_ARRAY_SCHEMA_VERSION = 1
ENERGY = "rad/us"
UNITS = ("um", "us", "rad/us", "rad", "dimensionless")
C6 = 5.42e6
"""Of rubidium in the state 70S, rad um^6 / us, as Amazon Braket uses it for Aquila."""


@dataclass(frozen=True, kw_only=True)
class RydbergArray(QubitSystem):
    """An array of atoms and the pulse that drives them.

    Attributes:
        c6: rad um^6 / us.
        cutoff: Distance beyond which pairs do not interact, um; None keeps every pair.
        sites: Whether the density of each atom is an observable.
    """

    kind: ClassVar[str] = "rydberg_array"
    geometry: Geometry
    pulse: Pulse
    c6: float = C6
    cutoff: float | None = None
    sites: bool = False

    @classmethod
    def parse(cls, document: Document) -> RydbergArray:
        """Read an array.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(
            "kind", "schema_version", *FIELDS, *rydberg_pulse.FIELDS, "c6", "cutoff",
            "site_densities", "state", "observables", "controls",
        )  # fmt: skip
        version = RYDBERG_ARRAY_SCHEMA_VERSION
        document.integer("schema_version", version, version)
        controls = tuple(
            Control.parse(entry, UNITS) for entry in document.documents("controls", 0, 8, ())
        )
        names = [control.name for control in controls]
        geometry = Geometry.parse(document, names)
        pulse = Pulse.parse(document, names)
        state = states.parse(
            document, names, geometry.atoms, initial=f"0*{geometry.atoms}", time=pulse.end
        )
        if pulse.driven and not isinstance(state, states.Evolved):
            raise ProgramRejected(
                "a waveform needs a state that is evolved; allowed: "
                '"state": {"kind": "evolved"}, or numbers and expressions instead of waveforms',
                field=document.at("state"),
            )
        system = cls(
            controls=controls,
            state=state,
            geometry=geometry,
            pulse=pulse,
            c6=_positive(document, "c6", C6),
            cutoff=None
            if document.entry("cutoff", None) is None
            else _positive(document, "cutoff"),
            sites=document.boolean("site_densities", default=False),
        )
        taken = [spec.name for spec in system.observables]
        own = own_observable.parse(document, names, geometry.atoms, taken)
        system = replace(system, own=own)
        system.check_controls(document, geometry.names, pulse.names)
        system._check_units(document)
        return system

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        return (
            *common(self.state, ENERGY, self.qubits),
            *rydberg_observables.specs(self.geometry, sites=self.sites),
            *self.own_specs,
        )

    @property
    def qubits(self) -> int:
        return self.geometry.atoms

    @property
    def driven(self) -> bool:
        return self.pulse.driven

    @property
    def drivers(self) -> frozenset[str]:
        return self.geometry.names | self.pulse.names

    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        """Hamiltonian and observables of each point; of a driven array at the end of its time."""
        ends = self.durations(points) if isinstance(self.state, states.Evolved) else None
        tables = self._coefficients(points, np.zeros(len(points)) if ends is None else ends)
        made: list[Mapping[str, PauliSum]] = []
        for table, own in zip(tables.tolist(), self.own_operators(points), strict=True):
            terms = {word: c for word, c in zip(self._words, table, strict=True) if c != 0.0}
            energy = PauliSum(self.qubits, terms)
            made.append({HAMILTONIAN: energy, "energy": energy, **self._order, **own})
        return made

    def hamiltonians(self, points: FloatArray, times: FloatArray) -> list[PauliSum]:
        """The Hamiltonian of each point at its own time, with every word that some time needs."""
        return [
            PauliSum(self.qubits, dict(zip(self._words, table, strict=True)))
            for table in self._coefficients(points, times).tolist()
        ]

    def kinks(self, points: FloatArray) -> list[FloatArray]:
        return self.pulse.kinks(self.columns(points), len(points))

    def longest_step(self, points: FloatArray) -> FloatArray:
        """``3 pi / 2 E`` with the largest energy ``E`` that one atom's excitation can cost.

        At ``2 pi / E`` an atom between two excited ones is as easily excited as a free one.
        """
        values = np.abs(self.pulse.detuning.table(self.columns(points), len(points))[1])
        largest = self._around(self.couplings(points)).max(axis=1) + values.max(axis=1)
        steps: FloatArray = np.divide(
            1.5 * np.pi, largest, out=np.full(len(points), np.inf), where=largest > 0
        )
        return steps

    def _around(self, couplings: FloatArray) -> FloatArray:
        """Sum of the couplings of each atom, shape ``(P, n)``, from ``(P, n(n-1)/2)``."""
        touching = np.zeros((couplings.shape[1], self.qubits))
        for side in np.triu_indices(self.qubits, 1):
            touching[np.arange(len(touching)), side] = 1.0
        around: FloatArray = couplings @ touching
        return around

    def couplings(self, points: FloatArray) -> FloatArray:
        """``C6 / d^6`` of each pair ``i < j``, shape ``(P, n(n-1)/2)``, rad/us."""
        distances = self.geometry.distances(self.columns(points), len(points))
        couplings: FloatArray = self.c6 / distances**6
        return (
            couplings if self.cutoff is None else np.where(distances <= self.cutoff, couplings, 0.0)
        )

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, or at which no array or pulse exists.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3``.
        """
        QubitSystem.check_points(self, points)
        placed = np.asarray(points, dtype=np.float64).reshape(len(points), len(self.controls))
        columns = self.columns(placed)
        self.geometry.check(columns, len(placed))
        self.pulse.check(columns, len(placed))
        if self.driven:
            self.pulse.check_end(columns, self.durations(placed))

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "schema_version": RYDBERG_ARRAY_SCHEMA_VERSION,
            **self.geometry.to_dict(),
            **self.pulse.to_dict(),
            "c6": self.c6,
            **({} if self.cutoff is None else {"cutoff": self.cutoff}),
            **({"site_densities": True} if self.sites else {}),
            "controls": [control.to_dict() for control in self.controls],
            **self.asked(),
        }

    @cached_property
    def _order(self) -> dict[str, PauliSum]:
        """Observables that no control changes."""
        return rydberg_observables.operators(self.geometry, sites=self.sites)

    @cached_property
    def _words(self) -> tuple[PauliWord, ...]:
        """Identity, Z of each atom, ZZ of each pair, X and then Y of each atom."""
        atoms = range(self.qubits)
        pairs = zip(*np.triu_indices(self.qubits, 1), strict=True)
        turned = () if self.pulse.real else tuple(PauliWord(1 << q, 1 << q) for q in atoms)
        return (
            PauliWord(0, 0),
            *(PauliWord(0, 1 << q) for q in atoms),
            *(PauliWord(0, 1 << int(i) | 1 << int(j)) for i, j in pairs),
            *(PauliWord(1 << q, 0) for q in atoms),
            *turned,
        )

    def _coefficients(self, points: FloatArray, times: FloatArray) -> FloatArray:
        """Of each word of `_words`, shape ``(P, W)``."""
        rabi, detuning, phase = self.pulse.at(self.columns(points), times)
        couplings, atoms = self.couplings(points), self.qubits
        identity = couplings.sum(axis=1) / 4 - atoms * detuning / 2
        parts = [
            identity[:, None],
            detuning[:, None] / 2 - self._around(couplings) / 4,
            couplings / 4,
            np.repeat((rabi * np.cos(phase) / 2)[:, None], atoms, axis=1),
        ]
        if not self.pulse.real:
            parts.append(np.repeat((-rabi * np.sin(phase) / 2)[:, None], atoms, axis=1))
        return np.concatenate(parts, axis=1)

    def _check_units(self, document: Document) -> None:
        """Refuse controls that stand alone for a quantity in another unit."""
        for index, control in enumerate(self.controls):
            for wanted, entries in self._quantities().items():
                if control.name in entries and control.unit not in {wanted, "dimensionless"}:
                    raise ProgramRejected(
                        f"{control.name} stands for a quantity in {wanted} and is in "
                        f"{control.unit}; allowed: {wanted}",
                        field=f"{document.at('controls')}/{index}/unit",
                    )

    def _quantities(self) -> dict[str, set[Any]]:
        """What the document writes for quantities of each unit."""
        places = [axis.source for place in self.geometry.positions for axis in place]
        places += [self.geometry.spacing.source] if self.geometry.spacing else []
        time = [self.state.time.source] if isinstance(self.state, states.Evolved) else []
        written = self.pulse.quantities() | {"um": set(places)}
        return written | {"us": written["us"] | set(time)}


def _positive(document: Document, name: str, default: float | None = None) -> float:
    value = document.entry(name, default)
    if not is_number(value) or value <= 0:
        raise ProgramRejected(
            f"{name} = {shown(value)}; allowed: a number above 0", field=document.at(name)
        )
    return float(value)
