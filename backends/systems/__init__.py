"""Physical systems: families of Hamiltonians over named control parameters.

A system is a frozen description with a JSON form; nothing here loads a solver, so that a web
process can check a user's input. Array shapes use ``P`` for points, ``C`` for controls and ``A``
for atoms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from backends.errors import ProgramRejected
from backends.schema import Experiment
from backends.systems.atom import Atom
from backends.systems.control import Control
from backends.systems.document import Document
from backends.systems.fermi_hubbard import FermiHubbard
from backends.systems.molecule import Molecule
from backends.systems.observable import ObservableSpec
from backends.systems.parametric_circuit import ParametricCircuit
from backends.systems.pauli_sum import PauliHamiltonian
from backends.systems.qubit_system import QubitSystem
from backends.systems.rydberg_array import RydbergArray
from backends.systems.spin_lattice import SpinLattice
from backends.systems.system import System

_LOADERS: dict[str, Callable[[Document], System]] = {
    Molecule.kind: Molecule.parse,
    ParametricCircuit.kind: ParametricCircuit.parse,
    PauliHamiltonian.kind: PauliHamiltonian.parse,
    FermiHubbard.kind: FermiHubbard.parse,
    RydbergArray.kind: RydbergArray.parse,
    SpinLattice.kind: SpinLattice.parse,
}

KINDS: tuple[str, ...] = tuple(_LOADERS)

__all__ = [
    "KINDS",
    "Atom",
    "Control",
    "FermiHubbard",
    "Molecule",
    "ObservableSpec",
    "ParametricCircuit",
    "PauliHamiltonian",
    "QubitSystem",
    "RydbergArray",
    "SpinLattice",
    "System",
    "check",
    "load",
]


def load(document: Mapping[str, Any]) -> System:
    """Read a system from its JSON document.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    return _read(Document(document))


def check(experiment: Experiment) -> System:
    """Read the system of an experiment and check its controls, points and observables against it.

    Raises:
        ProgramRejected: Names the field, its value and the allowed values.
    """
    system = _read(Document(experiment.system, "/system"))
    wanted = tuple(control.name for control in system.controls)
    if experiment.controls != wanted:
        raise ProgramRejected(
            f"controls are {experiment.controls}; this system has exactly {wanted}",
            field="/controls",
        )
    allowed = [observable.name for observable in system.observables]
    for index, name in enumerate(experiment.observables):
        if name not in allowed:
            raise ProgramRejected(
                f"unknown observable {name!r}; allowed: {', '.join(allowed)}",
                field=f"/observables/{index}",
            )
    if not len(experiment.points):
        raise ProgramRejected("there are no points; allowed: one or more", field="/points")
    system.check_points(experiment.points)
    return system


def _read(document: Document) -> System:
    return _LOADERS[document.choice("kind", KINDS)](document)
