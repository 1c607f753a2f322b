"""Which ansatz fits a system, and which by default."""

from __future__ import annotations

from functools import lru_cache
from math import comb

import numpy as np

from backends.errors import ProgramRejected
from backends.methods.mapping import QubitMapping
from backends.methods.problem import mapping_of, molecule, qubits_of
from backends.methods.variational.ansatz import Ansatz
from backends.methods.variational.coupled_cluster import pair, two_electron, uccsd
from backends.methods.variational.excitations import Fermions
from backends.methods.variational.hamiltonian_variational import (
    hamiltonian_variational,
    has_natural_start,
    lowest_basis_state,
)
from backends.methods.variational.hardware_efficient import hardware_efficient
from backends.systems import Molecule, QubitSystem, System
from backends.systems.pauli import PauliSum, PauliWord
from backends.systems.qubit_system import HAMILTONIAN

TWO_ELECTRON, UCCSD, PAIR = "two_electron", "uccsd", "pair"
HARDWARE, HVA = "hardware_efficient", "hamiltonian_variational"
ANSATZE = (TWO_ELECTRON, UCCSD, PAIR, HARDWARE, HVA)
LAYERED = (PAIR, HARDWARE, HVA)

MAX_QUBITS = 14
MAX_PARAMETERS = 600
PLACES = (0.382, 0.618, 0.236)
"""Where in the range of the controls the words of a Hamiltonian are looked up."""


def fitting(system: System) -> tuple[str, ...]:
    """Ansätze that a system can have, the default first; loads no solver.

    Raises:
        ProgramRejected: It is not on qubits.
    """
    if isinstance(system, QubitSystem):
        if system.sector:
            return (UCCSD,)
        return (HVA, HARDWARE) if has_natural_start(samples(system)) else (HARDWARE, HVA)
    found = molecule(system)
    mapping = mapping_of(found)
    full = comb(mapping.orbitals, mapping.electrons[0]) * comb(
        mapping.orbitals, mapping.electrons[1]
    )
    return (
        *((TWO_ELECTRON,) if _two_electron(found) else ()),
        UCCSD,
        PAIR,
        *((HARDWARE,) if full == 2**mapping.qubits else ()),
    )


def ansatz_for(
    system: System, *, name: str | None = None, layers: int | None = None, levels: bool = False
) -> Ansatz:
    """The ansatz of a system at all points; loads no solver.

    Args:
        name: One of `ANSATZE`, or None for the default.
        layers: Of one of `LAYERED`, or None for the default.
        levels: Whether excited levels are wanted, which need all symmetries.

    Raises:
        ProgramRejected: It does not fit, or is too large.
    """
    qubits = qubits_of(system)
    if qubits > MAX_QUBITS:
        raise ProgramRejected(
            f"{qubits} qubits, whose angles are optimised by classical simulation; allowed: at "
            f"most {MAX_QUBITS}",
            field="/system",
        )
    fits = fitting(system)
    if levels:
        fits = tuple(one for one in fits if one not in (HVA, TWO_ELECTRON))
    if name is not None and name not in fits:
        why = " (which does not reach every level)" if levels else ""
        raise ProgramRejected(
            f"ansatz = {name!r}{why} for this {system.kind}; allowed: {', '.join(fits)}",
            field="/settings/ansatz",
        )
    name = name or fits[0]
    if layers is not None and name not in LAYERED:
        raise ProgramRejected(
            f"{name} has no layers; allowed: ansatz {', '.join(set(LAYERED) & set(fits)) or '-'}",
            field="/settings/layers",
        )
    ansatz = _built(system, name, layers)
    if ansatz.parameters > MAX_PARAMETERS:
        raise ProgramRejected(
            f"{ansatz.parameters} parameters of {name}; allowed: at most {MAX_PARAMETERS}",
            field="/system",
        )
    return ansatz


def fermions(system: System) -> Fermions:
    """Spin orbitals, numbers and determinant of a system that conserves numbers."""
    if isinstance(system, QubitSystem):
        mean = _mean(system)
        return Fermions(
            sector=system.sector, reference=lowest_basis_state(mean, system.qubits, system.sector)
        )
    mapping = mapping_of(molecule(system))
    plain = QubitMapping(
        name="jordan_wigner", orbitals=mapping.orbitals, electrons=mapping.electrons
    )
    return Fermions(sector=plain.sector, reference=plain.reference, mapping=mapping)


def samples(system: QubitSystem) -> list[PauliSum]:
    """The Hamiltonian at places that do not depend on the points that are asked for."""
    low = np.array([control.lower for control in system.controls])
    high = np.array([control.upper for control in system.controls])
    shares = np.array(PLACES)[:, None] + 0.0137 * np.arange(len(low))
    return [row[HAMILTONIAN] for row in system.operators(low + shares % 1.0 * (high - low))]


def _built(system: System, name: str, layers: int | None) -> Ansatz:
    if name == TWO_ELECTRON:
        found = molecule(system)
        first, second = (atom.element for atom in found.atoms)
        return two_electron(mapping_of(found), equal=first == second)
    qubits = qubits_of(system)
    if name == UCCSD:
        return _uccsd(fermions(system), qubits)
    if name == PAIR:
        return pair(fermions(system), qubits, layers or 2)
    if name == HARDWARE:
        real = not isinstance(system, QubitSystem) or not any(
            (word.x & word.z).bit_count() & 1 for one in samples(system) for word in one.terms
        )
        return hardware_efficient(qubits, layers or qubits, real=real)
    assert isinstance(system, QubitSystem)
    return hamiltonian_variational(samples(system), layers or (qubits + 1) // 2, system.sector)


@lru_cache(maxsize=8)
def _uccsd(found: Fermions, qubits: int) -> Ansatz:
    return uccsd(found, qubits)


def _mean(system: QubitSystem) -> dict[PauliWord, float]:
    """Mean coefficients over `samples`."""
    found = samples(system)
    words = {word for one in found for word in one.terms}
    return {word: sum(one.terms.get(word, 0.0) for one in found) / len(found) for word in words}


def _two_electron(system: Molecule) -> bool:
    """Two paired electrons in two orbitals of two atoms."""
    small = all(atom.element in {"H", "He"} for atom in system.atoms)
    fits = small and len(system.atoms) == 2 and system.basis == "sto-3g"
    fits = fits and system.space.orbitals == 2
    return fits and system.electrons == 2 and not system.spin
