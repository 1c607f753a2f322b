"""The form of each kind of system: its fields, in groups."""

from __future__ import annotations

from qtwin.web.wizard.field import Field
from qtwin.web.wizard.forms.lattice import FERMIONS, SPINS
from qtwin.web.wizard.forms.molecule import MOLECULE
from qtwin.web.wizard.forms.parts import Group
from qtwin.web.wizard.forms.qubits import CIRCUIT, PAULI
from qtwin.web.wizard.forms.rydberg import RYDBERG
from qtwin.web.wizard.forms.units import RANGES, units_of

__all__ = ["FORMS", "KINDS", "RANGES", "Group", "fields_of", "units_of"]

FORMS: dict[str, tuple[Group, ...]] = {
    "molecule": MOLECULE,
    "spin_lattice": SPINS,
    "fermi_hubbard": FERMIONS,
    "rydberg_array": RYDBERG,
    "parametric_circuit": CIRCUIT,
    "pauli_sum": PAULI,
}
KINDS: dict[str, str] = {
    "molecule": "Molecule",
    "spin_lattice": "Spin lattice",
    "fermi_hubbard": "Electrons on a lattice",
    "rydberg_array": "Rydberg array",
    "parametric_circuit": "Parametric circuit",
    "pauli_sum": "Hamiltonian of my own",
}


def fields_of(kind: str) -> list[Field]:
    """Every field of a kind's form."""
    return [field for group in FORMS[kind] for field in group.fields]
