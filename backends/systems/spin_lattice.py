"""Spins on a lattice: Ising, XXZ, Heisenberg and J1-J2 models.

With Pauli matrices X, Y, Z on each site (not spin operators, which are half of them), ``<ij>`` the
nearest and ``<<ij>>`` the second neighbours:

- ising: ``H = -J sum_<ij> Z_i Z_j - hx sum_i X_i - hz sum_i Z_i``
- xxz: ``H = J sum_<ij> (X_i X_j + Y_i Y_j + delta Z_i Z_j) - hz sum_i Z_i``
- heisenberg: xxz at ``delta = 1``
- j1j2: heisenberg, and the same with ``j2`` over ``<<ij>>``

A parameter is a number or an expression of controls, or a list of those, one for each bond (J,
delta), second neighbour (j2) or site (hx, hz) in the order of `Lattice`; disorder adds to it a
number of its own at each place, uniform between minus and plus a width.

Energies are in the unit of the couplings. In a degenerate ground space an observable means its
average over that space, so that it does not depend on a solver's choice: without a longitudinal
field the magnetisation along z is then 0 by symmetry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import own_observable, spin_order
from backends.systems import state as states
from backends.systems.control import Control
from backends.systems.coupling import Coupling
from backends.systems.document import Document
from backends.systems.lattice import Bonds, Lattice
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_observables import common
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem, refuse_infinite
from backends.systems.spin_order import word

SPIN_LATTICE_SCHEMA_VERSION = 1
MODELS: dict[str, tuple[str, ...]] = {
    "ising": ("J", "hx", "hz"),
    "xxz": ("J", "delta", "hz"),
    "heisenberg": ("J", "hz"),
    "j1j2": ("J", "j2", "hz"),
}
DEFAULTS = {"J": 1.0, "delta": 1.0, "j2": 0.0, "hx": 0.0, "hz": 0.0}
UNIT = "dimensionless"


@dataclass(frozen=True, kw_only=True)
class SpinLattice(QubitSystem):
    """A spin model; qubit ``q`` is site ``q``.

    Attributes:
        couplings: By the names in `MODELS`.
        given: The parameters that the document names.
    """

    kind: ClassVar[str] = "spin_lattice"
    model: str
    lattice: Lattice
    couplings: Mapping[str, Coupling]
    given: tuple[str, ...]

    @classmethod
    def parse(cls, document: Document) -> SpinLattice:
        """Read a spin lattice.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(
            "kind", "schema_version", "model", "geometry", "sites", "periodic", "parameters",
            "disorder", "state", "observables", "controls",
        )  # fmt: skip
        version = SPIN_LATTICE_SCHEMA_VERSION
        document.integer("schema_version", version, version)
        entries = document.documents("controls", 0, 8, ())
        controls = tuple(Control.parse(entry, (UNIT,)) for entry in entries)
        names = [control.name for control in controls]
        model = document.choice("model", tuple(MODELS))
        lattice = Lattice.parse(document)
        state = states.parse(document, names, lattice.sites, kicked=model == "ising")
        couplings = _couplings(document, model, lattice, names)
        system = cls(
            controls=controls,
            model=model,
            lattice=lattice,
            couplings=couplings,
            given=tuple(document.entry("parameters", {})),
            state=state,
        )
        taken = [spec.name for spec in system.observables]
        own = own_observable.parse(document, names, lattice.sites, taken)
        system = replace(system, own=own)
        system.check_controls(document, *(coupling.names for coupling in couplings.values()))
        return system

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        energies = common(self.state, UNIT, self.qubits)
        first = energies[0]
        per_site = ObservableSpec(
            name="energy_per_site",
            label=f"{first.label} per site",
            unit=UNIT,
            variational=first.variational,
        )
        order = spin_order.specs(self.lattice)
        return (first, per_site, *energies[1:], *order, *self.own_specs)

    @property
    def qubits(self) -> int:
        return self.lattice.sites

    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        return [
            {
                HAMILTONIAN: energy,
                "energy": energy,
                "energy_per_site": PauliSum(
                    self.qubits, {w: c / self.qubits for w, c in energy.terms.items()}
                ),
                **spin_order.operators(self.lattice),
                **own,
            }
            for energy, own in zip(self._energies(points), self.own_operators(points), strict=True)
        ]

    def hamiltonians(self, points: FloatArray, times: FloatArray) -> list[PauliSum]:
        return self._energies(points)

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, or at which a parameter is not finite.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3``.
        """
        QubitSystem.check_points(self, points)
        placed = np.asarray(points, dtype=np.float64).reshape(len(points), len(self.controls))
        for name, coupling in self.couplings.items():
            refuse_infinite(name, coupling.values(self.columns(placed), len(placed)))

    def _energies(self, points: FloatArray) -> list[PauliSum]:
        columns, rows = self.columns(points), len(points)
        tables = {name: c.values(columns, rows) for name, c in self.couplings.items()}
        return [
            self._hamiltonian({name: table[row].tolist() for name, table in tables.items()})
            for row in range(rows)
        ]

    def _hamiltonian(self, values: Mapping[str, list[float]]) -> PauliSum:
        near, sites = self.lattice.bonds, range(self.qubits)
        terms: dict[PauliWord, float] = {}
        if self.model == "ising":
            terms |= {word(z=pair): -c for pair, c in zip(near, values["J"], strict=True)}
            terms |= {word(x=(q,)): -c for q, c in zip(sites, values["hx"], strict=True)}
        else:
            delta = values.get("delta", [1.0] * len(near))
            terms |= _exchange(near, values["J"], delta)
        if self.model == "j1j2":
            second = self.lattice.next_bonds
            terms |= _exchange(second, values["j2"], [1.0] * len(second))
        terms |= {word(z=(q,)): -c for q, c in zip(sites, values["hz"], strict=True)}
        return PauliSum(self.qubits, {w: c for w, c in terms.items() if c != 0.0})

    def to_dict(self) -> dict[str, Any]:
        disorder = {name: d for name, c in self.couplings.items() if (d := c.disorder())}
        return {
            "kind": self.kind,
            "schema_version": SPIN_LATTICE_SCHEMA_VERSION,
            "model": self.model,
            **self.lattice.to_dict(),
            "parameters": {name: self.couplings[name].source for name in self.given},
            **({"disorder": disorder} if disorder else {}),
            "controls": [control.to_dict() for control in self.controls],
            **self.asked(),
        }


def _exchange(
    pairs: Bonds, strengths: Sequence[float], deltas: Sequence[float]
) -> dict[PauliWord, float]:
    terms = {}
    for pair, strength, delta in zip(pairs, strengths, deltas, strict=True):
        terms[word(x=pair)] = terms[word(x=pair, z=pair)] = strength
        terms[word(z=pair)] = strength * delta
    return terms


def _couplings(
    document: Document, model: str, lattice: Lattice, controls: Sequence[str]
) -> dict[str, Coupling]:
    given, disorder = document.document("parameters"), document.document("disorder")
    given.only(*MODELS[model])
    disorder.only(*MODELS[model])
    disordered = document.entry("disorder", {})
    places = {"J": len(lattice.bonds), "delta": len(lattice.bonds)}
    if model == "j1j2":
        try:
            places["j2"] = len(lattice.next_bonds)
        except ValueError as error:
            raise ProgramRejected(
                f"{lattice.geometry} of {lattice.sites} sites has no second neighbours; {error}",
                field=document.at("geometry"),
            ) from None
    return {
        name: Coupling.parse(
            given.entry(name, DEFAULTS[name]),
            controls,
            at=given.at(name),
            places=places.get(name, lattice.sites),
            disorder=disorder.document(name) if name in disordered else None,
        )
        for name in MODELS[model]
    }
