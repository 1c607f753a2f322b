"""Electrons that hop on a lattice and repel each other: the Fermi-Hubbard model.

``H = -sum_<ij>s t_ij (c+_is c_js + c+_js c_is) + sum_i U_i n_i,up n_i,down + sum_<ij> V_ij n_i n_j
- sum_i mu_i n_i - sum_i hz_i S^z_i``

with ``n_i = n_i,up + n_i,down``, ``S^z_i = (n_i,up - n_i,down) / 2`` and ``<ij>`` the nearest
neighbours (Hubbard, Proc. R. Soc. A 276, 238 (1963)). Numbers of electrons are fixed, or follow
from ``mu``; on a lattice of two sublattices half filling is at ``mu = U / 2 + V z`` for ``z``
neighbours. Site ``i`` with spin up is qubit ``i``, with spin down qubit ``i + N``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import hubbard_words as fermions
from backends.systems import own_observable
from backends.systems import state as states
from backends.systems.control import Control
from backends.systems.coupling import Coupling
from backends.systems.document import Document
from backends.systems.hubbard_words import Words, added
from backends.systems.lattice import Lattice
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum
from backends.systems.qubit_observables import common
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem, Sector, refuse_infinite

FERMI_HUBBARD_SCHEMA_VERSION = 1
DEFAULTS = {"t": 1.0, "U": 0.0, "V": 0.0, "mu": 0.0, "hz": 0.0}
ON_BONDS = ("t", "V")
UNIT = "dimensionless"
MAX_SITES = 128


@dataclass(frozen=True, kw_only=True)
class FermiHubbard(QubitSystem):
    """A Hubbard model.

    Attributes:
        couplings: By the names in `DEFAULTS`.
        given: The parameters that the document names.
        electrons: Numbers with spin up and with spin down, or None where they are free.
        site_densities: Whether the density of each site is an observable.
    """

    kind: ClassVar[str] = "fermi_hubbard"
    lattice: Lattice
    couplings: Mapping[str, Coupling]
    given: tuple[str, ...]
    electrons: tuple[int, int] | None = None
    site_densities: bool = False

    @classmethod
    def parse(cls, document: Document) -> FermiHubbard:
        """Read a Hubbard model.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(
            "kind", "schema_version", "geometry", "sites", "periodic", "parameters", "disorder",
            "electrons", "site_densities", "state", "observables", "controls",
        )  # fmt: skip
        version = FERMI_HUBBARD_SCHEMA_VERSION
        document.integer("schema_version", version, version)
        entries = document.documents("controls", 0, 8, ())
        controls = tuple(Control.parse(entry, (UNIT,)) for entry in entries)
        names = [control.name for control in controls]
        lattice = Lattice.parse(document, most=MAX_SITES)
        couplings = _couplings(document, lattice, names)
        electrons = _electrons(document, lattice.sites)
        system = cls(
            controls=controls,
            lattice=lattice,
            couplings=couplings,
            given=tuple(document.entry("parameters", {})),
            electrons=electrons,
            site_densities=document.boolean("site_densities", default=False),
            state=states.parse(document, names, 2 * lattice.sites),
        )
        system._check_initial(document)
        taken = [spec.name for spec in system.observables]
        system = replace(system, own=own_observable.parse(document, names, system.qubits, taken))
        system.check_controls(document, *(coupling.names for coupling in couplings.values()))
        return system

    @property
    def qubits(self) -> int:
        return 2 * self.lattice.sites

    @property
    def sector(self) -> Sector:
        if self.electrons is None:
            return ()
        up = (1 << self.lattice.sites) - 1
        return ((up, self.electrons[0]), (up << self.lattice.sites, self.electrons[1]))

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        energies = common(self.state, UNIT, self.qubits)
        first = energies[0]
        parts = [
            ObservableSpec(name=name, label=label, unit=UNIT)
            for name, label in (
                ("kinetic_energy", "Energy of hopping"),
                ("interaction_energy", "Energy of U and V"),
            )
        ]
        per_site = replace(first, name="energy_per_site", label=f"{first.label} per site")
        order = fermions.specs(self.lattice, sites=self.site_densities)
        return (first, per_site, *energies[1:], *parts, *order, *self.own_specs)

    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        return [
            {**energies, **self._order, **own}
            for energies, own in zip(
                self._energies(points), self.own_operators(points), strict=True
            )
        ]

    def hamiltonians(self, points: FloatArray, times: FloatArray) -> list[PauliSum]:
        return [energies[HAMILTONIAN] for energies in self._energies(points)]

    def check_points(self, points: Sequence[Sequence[float]] | FloatArray) -> None:
        """Refuse points outside the bounds, or at which a parameter is not finite.

        Raises:
            ProgramRejected: Points at the first bad value, e.g. ``/points/3``.
        """
        QubitSystem.check_points(self, points)
        placed = np.asarray(points, dtype=np.float64).reshape(len(points), len(self.controls))
        for name, coupling in self.couplings.items():
            refuse_infinite(name, coupling.values(self.columns(placed), len(placed)))

    def to_dict(self) -> dict[str, Any]:
        disorder = {name: d for name, c in self.couplings.items() if (d := c.disorder())}
        return {
            "kind": self.kind,
            "schema_version": FERMI_HUBBARD_SCHEMA_VERSION,
            **self.lattice.to_dict(),
            "parameters": {name: self.couplings[name].source for name in self.given},
            **({"disorder": disorder} if disorder else {}),
            **({} if self.electrons is None else {"electrons": list(self.electrons)}),
            **({"site_densities": True} if self.site_densities else {}),
            "controls": [control.to_dict() for control in self.controls],
            **self.asked(),
        }

    @cached_property
    def _order(self) -> dict[str, PauliSum]:
        """Observables that no control changes."""
        return fermions.operators(self.lattice, sites=self.site_densities)

    def _energies(self, points: FloatArray) -> list[dict[str, PauliSum]]:
        columns, rows = self.columns(points), len(points)
        tables = {name: c.values(columns, rows).tolist() for name, c in self.couplings.items()}
        return [
            self._energy({name: table[row] for name, table in tables.items()})
            for row in range(rows)
        ]

    def _energy(self, values: Mapping[str, list[float]]) -> dict[str, PauliSum]:
        """The Hamiltonian and its parts for the values at each bond or site."""
        size, bonds = self.lattice.sites, self.lattice.bonds
        kinetic = fermions.hopping(size, bonds, [-t for t in values["t"]])
        interaction = added(
            *((u, fermions.double(size, i)) for i, u in enumerate(values["U"]) if u),
            *(
                (v, fermions.times(fermions.density(size, i), fermions.density(size, j)))
                for (i, j), v in zip(bonds, values["V"], strict=True)
                if v
            ),
        )
        fields = [(-mu, fermions.density(size, i)) for i, mu in enumerate(values["mu"]) if mu]
        fields += [(-hz, fermions.spin(size, i)) for i, hz in enumerate(values["hz"]) if hz]
        total = added((1.0, kinetic), (1.0, interaction), *fields)
        sums: dict[str, Words] = {
            HAMILTONIAN: total,
            "energy_per_site": added((1 / size, total)),
            "kinetic_energy": added((1.0, kinetic)),
            "interaction_energy": interaction,
        }
        made = {name: PauliSum(self.qubits, words) for name, words in sums.items()}
        return made | {"energy": made[HAMILTONIAN]}

    def _check_initial(self, document: Document) -> None:
        """Refuse an initial state without definite occupations, or with other electrons."""
        if not isinstance(self.state, states.Evolved):
            return
        initial, sites = self.state.initial, self.lattice.sites
        at = document.document("state").at("initial")
        if set(initial) - set("01"):
            raise ProgramRejected(
                f"initial = {initial!r}; allowed: {2 * sites} of 0 and 1, spin down left of spin "
                "up, site 0 rightmost of each",
                field=at,
            )
        found = (initial[sites:].count("1"), initial[:sites].count("1"))
        if self.electrons is not None and found != self.electrons:
            raise ProgramRejected(
                f"initial = {initial!r} has {found[0]} electrons up and {found[1]} down; allowed: "
                f"{self.electrons[0]} up and {self.electrons[1]} down, as electrons says",
                field=at,
            )


def _couplings(
    document: Document, lattice: Lattice, controls: Sequence[str]
) -> dict[str, Coupling]:
    given, disorder = document.document("parameters"), document.document("disorder")
    given.only(*DEFAULTS)
    disorder.only(*DEFAULTS)
    disordered = document.entry("disorder", {})
    return {
        name: Coupling.parse(
            given.entry(name, default),
            controls,
            at=given.at(name),
            places=len(lattice.bonds) if name in ON_BONDS else lattice.sites,
            disorder=disorder.document(name) if name in disordered else None,
        )
        for name, default in DEFAULTS.items()
    }


def _electrons(document: Document, sites: int) -> tuple[int, int] | None:
    entry = document.entry("electrons", None)
    if entry is None:
        return None
    good = isinstance(entry, list | tuple) and len(entry) == 2
    if not good or not all(type(n) is int and 0 <= n <= sites for n in entry):
        raise ProgramRejected(
            f"electrons = {entry!r}; allowed: [up, down], each an integer from 0 to {sites}",
            field=document.at("electrons"),
        )
    return entry[0], entry[1]
