"""Spins on a lattice: Ising, XXZ, Heisenberg and J1-J2 models.

With Pauli matrices X, Y, Z on each site (not spin operators, which are half of them), ``<ij>`` the
nearest and ``<<ij>>`` the second neighbours:

- ising: ``H = -J sum_<ij> Z_i Z_j - hx sum_i X_i - hz sum_i Z_i``
- xxz: ``H = J sum_<ij> (X_i X_j + Y_i Y_j + delta Z_i Z_j) - hz sum_i Z_i``
- heisenberg: xxz at ``delta = 1``
- j1j2: heisenberg, and the same with ``j2`` over ``<<ij>>``

Energies are in the unit of the couplings. In a degenerate ground space an observable means its
average over that space, so that it does not depend on a solver's choice: without a longitudinal
field the magnetisation along z is then 0 by symmetry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems import state as states
from backends.systems.control import Control
from backends.systems.document import Document, is_number
from backends.systems.lattice import GEOMETRIES, bonds, next_bonds
from backends.systems.observable import ObservableSpec
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_system import HAMILTONIAN, QubitSystem

SPIN_LATTICE_SCHEMA_VERSION = 1
MODELS: dict[str, tuple[str, ...]] = {
    "ising": ("J", "hx", "hz"),
    "xxz": ("J", "delta", "hz"),
    "heisenberg": ("J", "hz"),
    "j1j2": ("J", "j2", "hz"),
}
DEFAULTS = {"J": 1.0, "delta": 1.0, "j2": 0.0, "hx": 0.0, "hz": 0.0}
MAX_SITES = 16
UNIT = "dimensionless"

OBSERVABLES = (
    ObservableSpec(name="energy", label="Ground-state energy", unit=UNIT, variational=True),
    ObservableSpec(
        name="energy_per_site", label="Ground-state energy per site", unit=UNIT, variational=True
    ),
    ObservableSpec(name="gap", label="Gap to the first excited level", unit=UNIT, lower=0.0),
    ObservableSpec(
        name="magnetisation_x", label="Magnetisation along x", unit=UNIT, lower=-1.0, upper=1.0
    ),
    ObservableSpec(
        name="magnetisation_z", label="Magnetisation along z", unit=UNIT, lower=-1.0, upper=1.0
    ),
    ObservableSpec(
        name="correlation_zz",
        label="Nearest-neighbour correlation ZZ",
        unit=UNIT,
        lower=-1.0,
        upper=1.0,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpinLattice(QubitSystem):
    """A spin model; qubit ``q`` is site ``q``.

    Attributes:
        parameters: Numbers or names of controls, by the names in `MODELS`.
    """

    kind: ClassVar[str] = "spin_lattice"
    model: str
    geometry: str
    sites: int
    parameters: Mapping[str, float | str]

    @classmethod
    def parse(cls, document: Document) -> SpinLattice:
        """Read a spin lattice.

        Raises:
            ProgramRejected: Names the field, its value and the allowed values.
        """
        document.only(
            "kind",
            "schema_version",
            "model",
            "geometry",
            "sites",
            "parameters",
            "state",
            "controls",
        )
        version = SPIN_LATTICE_SCHEMA_VERSION
        document.integer("schema_version", version, version)
        entries = document.documents("controls", 0, 8, ())
        controls = tuple(Control.parse(entry, (UNIT,)) for entry in entries)
        names = [control.name for control in controls]
        model = document.choice("model", tuple(MODELS))
        sites = document.integer("sites", 2, MAX_SITES)
        state = states.parse(document, names, sites)
        lattice = cls(
            controls=controls,
            model=model,
            geometry=document.choice("geometry", GEOMETRIES),
            sites=sites,
            parameters=_parameters(document, model, names, state),
            state=state,
        )
        _check_geometry(document, lattice)
        return lattice

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        return OBSERVABLES

    @property
    def qubits(self) -> int:
        return self.sites

    def operators(self, points: FloatArray) -> list[Mapping[str, PauliSum]]:
        column = {control.name: index for index, control in enumerate(self.controls)}
        operators: list[Mapping[str, PauliSum]] = []
        for point in points:
            values = {
                name: float(point[column[entry]]) if isinstance(entry, str) else entry
                for name, entry in self.parameters.items()
            }
            energy = self._hamiltonian(values)
            operators.append(
                {
                    HAMILTONIAN: energy,
                    "energy": energy,
                    "energy_per_site": self._sum(
                        {word: c / self.sites for word, c in energy.terms.items()}
                    ),
                    **self._fixed(),
                }
            )
        return operators

    def _fixed(self) -> dict[str, PauliSum]:
        """Observables that no control changes."""
        share, pairs = 1 / self.sites, bonds(self.geometry, self.sites)
        return {
            "magnetisation_x": self._sum({_word(x=(q,)): share for q in range(self.sites)}),
            "magnetisation_z": self._sum({_word(z=(q,)): share for q in range(self.sites)}),
            "correlation_zz": self._sum({_word(z=pair): 1 / len(pairs) for pair in pairs}),
        }

    def _hamiltonian(self, values: Mapping[str, float]) -> PauliSum:
        near = bonds(self.geometry, self.sites)
        terms: dict[PauliWord, float] = {}
        if self.model == "ising":
            terms |= {_word(z=pair): -values["J"] for pair in near}
            terms |= {_word(x=(q,)): -values["hx"] for q in range(self.sites)}
        else:
            terms |= _exchange(near, values["J"], values.get("delta", 1.0))
        if self.model == "j1j2":
            terms |= _exchange(next_bonds(self.geometry, self.sites), values["j2"], 1.0)
        terms |= {_word(z=(q,)): -values["hz"] for q in range(self.sites)}
        return self._sum(terms)

    def _sum(self, terms: Mapping[PauliWord, float]) -> PauliSum:
        return PauliSum(self.sites, {word: c for word, c in terms.items() if c != 0.0})

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "schema_version": SPIN_LATTICE_SCHEMA_VERSION,
            "model": self.model,
            "geometry": self.geometry,
            "sites": self.sites,
            "parameters": dict(self.parameters),
            "controls": [control.to_dict() for control in self.controls],
            **({} if self.state == states.Ground() else {"state": self.state.to_dict()}),
        }


def _word(*, x: tuple[int, ...] = (), z: tuple[int, ...] = ()) -> PauliWord:
    return PauliWord(sum(1 << q for q in x), sum(1 << q for q in z))


def _exchange(
    pairs: tuple[tuple[int, int], ...], coupling: float, delta: float
) -> dict[PauliWord, float]:
    terms = {}
    for pair in pairs:
        terms[_word(x=pair)] = terms[_word(x=pair, z=pair)] = coupling
        terms[_word(z=pair)] = coupling * delta
    return terms


def _parameters(
    document: Document, model: str, controls: list[str], state: states.State
) -> dict[str, float | str]:
    given = document.document("parameters")
    given.only(*MODELS[model])
    parameters: dict[str, float | str] = {}
    for name in MODELS[model]:
        entry = given.entry(name, DEFAULTS[name])
        if isinstance(entry, str) and entry in controls:
            parameters[name] = entry
        elif is_number(entry):
            parameters[name] = float(entry)
        else:
            raise ProgramRejected(
                f"{name} = {entry!r}; allowed: a finite number, "
                + (", ".join(controls) or "no control is declared"),
                field=given.at(name),
            )
    for index, control in enumerate(controls):
        if control in controls[:index] or control not in {*parameters.values(), *state.names}:
            raise ProgramRejected(
                f"{control!r} is declared twice or used by no parameter and not by the state",
                field=f"{document.at('controls')}/{index}/name",
            )
    return parameters


def _check_geometry(document: Document, lattice: SpinLattice) -> None:
    try:
        bonds(lattice.geometry, lattice.sites)
        if lattice.model == "j1j2":
            next_bonds(lattice.geometry, lattice.sites)
    except ValueError as error:
        raise ProgramRejected(
            f"{lattice.geometry} of {lattice.sites} sites: {error}", field=document.at("geometry")
        ) from None
