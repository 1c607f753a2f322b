"""A user's own Hamiltonian: Pauli words with coefficients that may depend on controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import own_observable
from backends.systems import state as states
from backends.systems.control import Control
from backends.systems.document import Document
from backends.systems.observable import ObservableSpec
from backends.systems.own_observable import Terms
from backends.systems.pauli import PauliSum
from backends.systems.qubit_observables import common
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem, refuse_infinite

PAULI_SUM_SCHEMA_VERSION = 1
MAX_QUBITS = 256
TIMES = {
    "dimensionless": "dimensionless",
    "hartree": "1/hartree",
    "eV": "1/eV",
    "rad/us": "us",
    "rad/ns": "ns",
}
"""Units of the energy, each with the unit of time in which hbar = 1."""
QUANTITIES = ("dimensionless", "angstrom", "um", "degree", "radian")


@dataclass(frozen=True, kw_only=True)
class PauliHamiltonian(QubitSystem):
    """A Hamiltonian of a user's own.

    Attributes:
        width: Number of qubits.
        unit: Of the energy.
        listed: Whether the document lists the terms; otherwise it maps words to coefficients.
    """

    kind: ClassVar[str] = "pauli_sum"
    width: int
    unit: str
    terms: Terms
    listed: bool

    @classmethod
    def parse(cls, document: Document) -> PauliHamiltonian:
        """Read a sum of Pauli words.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(
            "kind", "schema_version", "qubits", "unit", "terms", "state", "observables", "controls"
        )
        version = PAULI_SUM_SCHEMA_VERSION
        document.integer("schema_version", version, version)
        width = document.integer("qubits", 1, MAX_QUBITS)
        unit = document.choice("unit", tuple(TIMES), "dimensionless")
        units = tuple(dict.fromkeys((*QUANTITIES, unit, TIMES[unit])))
        controls = tuple(
            Control.parse(entry, units) for entry in document.documents("controls", 0, 8, ())
        )
        names = [control.name for control in controls]
        terms = _terms(document, names, width)
        system = cls(
            controls=controls,
            width=width,
            unit=unit,
            terms=terms,
            listed=isinstance(document.entry("terms", None), list),
            state=states.parse(document, names, width),
        )
        taken = [spec.name for spec in system.observables]
        system = replace(system, own=own_observable.parse(document, names, width, taken))
        system.check_controls(document, *(coefficient.names for _, _, coefficient in terms))
        return system

    @property
    def qubits(self) -> int:
        return self.width

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        return (*common(self.state, self.unit, self.width), *self.own_specs)

    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        words = [word for _, word, _ in self.terms]
        table = own_observable.table(self.terms, self.columns(points), len(points))
        made: list[Mapping[str, PauliSum]] = []
        for row, own in zip(table.tolist(), self.own_operators(points), strict=True):
            terms = {word: c for word, c in zip(words, row, strict=True) if c != 0.0}
            energy = PauliSum(self.width, terms)
            made.append({HAMILTONIAN: energy, "energy": energy, **own})
        return made

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, or at which a coefficient is not finite.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3``.
        """
        QubitSystem.check_points(self, points)
        placed = np.asarray(points, dtype=np.float64).reshape(len(points), len(self.controls))
        for text, _, coefficient in self.terms:
            if coefficient.names:
                values = coefficient.values(self.columns(placed), len(placed))
                refuse_infinite(f"the coefficient of {text}", values[:, None])

    def to_dict(self) -> dict[str, Any]:
        pairs = [(text, coefficient.source) for text, _, coefficient in self.terms]
        return {
            "kind": self.kind,
            "schema_version": PAULI_SUM_SCHEMA_VERSION,
            "qubits": self.width,
            "unit": self.unit,
            "terms": [{"word": text, "coefficient": source} for text, source in pairs]
            if self.listed
            else dict(pairs),
            "controls": [control.to_dict() for control in self.controls],
            **self.asked(),
        }


def _terms(document: Document, controls: Sequence[str], qubits: int) -> Terms:
    """The terms, as a list of words with coefficients or as an object."""
    if not isinstance(document.required("terms"), list):
        return own_observable.parse_terms(document, "terms", controls, qubits)
    pairs = []
    at = document.at("terms")
    for index, entry in enumerate(document.entry("terms", None)):
        term = Document(entry, f"{at}/{index}")
        term.only("word", "coefficient")
        if not isinstance(term.entry("word", None), str):
            raise ProgramRejected(
                f"word = {term.entry('word', None)!r}; allowed: a Pauli word",
                field=term.at("word"),
            )
        pairs.append((term.entry("word", None), term.entry("coefficient", None), term))
    return own_observable.read_terms(
        [(word, value, term.at("word")) for word, value, term in pairs],
        controls,
        qubits,
        at=at,
        coefficients=[term.at("coefficient") for _, _, term in pairs],
    )
