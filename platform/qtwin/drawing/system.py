"""The picture of any system document, and what is known of its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backends import systems
from backends.systems import (
    FermiHubbard,
    Molecule,
    ParametricCircuit,
    PauliHamiltonian,
    QubitSystem,
    RydbergArray,
    SpinLattice,
    System,
)
from qtwin.drawing.figure import Figure
from qtwin.drawing.lattice import lattice_figure
from qtwin.drawing.molecule import molecule_figure
from qtwin.drawing.pauli import pauli_figure
from qtwin.drawing.rydberg import rydberg_figure

MAPPINGS = {
    "jordan_wigner": "Jordan-Wigner",
    "parity": "parity mapping",
    "bravyi_kitaev": "Bravyi-Kitaev",
}
MOST_COUNTED = 64
"""Qubits up to which the words of a Hamiltonian are counted while a page waits."""


def system_figure(document: Mapping[str, Any]) -> Figure:
    """Draw a system; without a picture where there is nothing to see, as of integrals.

    Raises:
        ProgramRejected: The document is no system.
        ValueError: An atom is nowhere at the values at which it is drawn.
    """
    system = systems.load(document)
    figure = _drawn(system)
    return replace(figure, facts=(*facts(system), *figure.facts))


def facts(system: System) -> tuple[tuple[str, str], ...]:
    """Number of qubits, and of terms and electrons where they are known."""
    found: list[tuple[str, str]] = []
    if isinstance(system, Molecule):
        up, down = system.space.electrons
        found.append(("Qubits", f"{system.qubits}, {MAPPINGS[system.mapping]}"))
        found.append(("Active", f"{up + down} electrons in {system.space.orbitals} orbitals"))
        found.append(("Basis", system.basis or "from integrals"))
    elif isinstance(system, QubitSystem):
        found.append(("Qubits", str(system.qubits)))
        terms = _terms(system)
        if terms is not None:
            found.append(("Terms", f"{terms} Pauli words"))
    return tuple(found)


def _terms(system: QubitSystem) -> int | None:
    if isinstance(system, ParametricCircuit) or system.qubits > MOST_COUNTED:
        return None
    return sum(
        word.support != 0 for word in system.operators(system.middle)[0]["hamiltonian"].terms
    )


def _drawn(system: System) -> Figure:
    if isinstance(system, Molecule):
        return molecule_figure(system) if system.atoms else Figure(svg=None)
    if isinstance(system, SpinLattice | FermiHubbard):
        return lattice_figure(system)
    if isinstance(system, RydbergArray):
        return rydberg_figure(system)
    if isinstance(system, PauliHamiltonian):
        return pauli_figure(system)
    return Figure(svg=None)
