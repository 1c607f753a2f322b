"""A system as operators on qubits, for methods that run on molecules and qubit systems alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backends.classical import integrals
from backends.classical.mean_field import NotConverged
from backends.errors import ProgramRejected
from backends.methods.hamiltonian import hamiltonian, one_electron
from backends.methods.mapping import QubitMapping
from backends.schema.experiment import FloatArray
from backends.systems import Molecule, QubitSystem, System
from backends.systems.molecular_observables import AXES
from backends.systems.pauli import PauliSum
from backends.systems.projector import Measurable, Projector
from backends.systems.qubit_observables import NOT_LINEAR
from backends.systems.qubit_system import HAMILTONIAN, Sector

MAX_ORBITALS = 30
"""Active orbitals of a molecule; the words of more do not fit 64-bit integers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Operators at ``P`` points and what is known of the wanted state.

    Attributes:
        operators: For each point the Hamiltonian and the linear observables by name; empty where
            the point has failed.
        projectors: Bit strings whose probabilities are observables, by name.
        sector: Qubits (bits of a mask) and how many of them are 1; empty where the whole space is
            meant or, for a molecule, where the mapping hides the numbers of electrons.
        reference: Basis state of the Hartree-Fock determinant; None for qubit systems.
        mapping: Orbitals and electrons of a molecule and how they lie on the qubits, or None.
        failures: Why a point has no operators, by its row, as in `backends.schema.Result`.
    """

    qubits: int
    operators: Sequence[Mapping[str, PauliSum]]
    projectors: Mapping[str, Projector] = field(default_factory=dict)
    sector: Sector = ()
    reference: int | None = None
    mapping: QubitMapping | None = None
    failures: Mapping[int, str] = field(default_factory=dict)

    @property
    def measurables(self) -> list[Mapping[str, Measurable]]:
        """For each point, everything of `linear_observables`; empty where the point has failed."""
        return [{**row, **self.projectors} if row else {} for row in self.operators]


def problem(system: System, points: FloatArray, *, mapping: str | None = None) -> Problem:
    """Operators of a system at points of shape ``(P, C)``.

    Args:
        mapping: Of a molecule's electrons to qubits, in place of the document's. Energies do not
            depend on it; methods that need ``sector`` ask for ``jordan_wigner``.

    Raises:
        ProgramRejected: Neither a molecule nor a qubit system, or too many orbitals.
    """
    if isinstance(system, QubitSystem):
        return Problem(
            qubits=system.qubits,
            operators=system.operators(points),
            projectors=system.projectors,
            sector=system.sector,
        )
    return _of_molecule(molecule(system), points, mapping)


def qubits_of(system: System, *, mapping: str | None = None) -> int:
    """Number of qubits of `problem`; loads no solver.

    Raises:
        ProgramRejected: As `problem`.
    """
    if isinstance(system, QubitSystem):
        return system.qubits
    return mapping_of(molecule(system), mapping).qubits


def linear_observables(system: System) -> tuple[str, ...]:
    """Observables that `problem` has operators or projectors for; loads no solver."""
    if isinstance(system, Molecule):
        return ("energy",) if system.dump is not None else ("energy", *AXES)
    return tuple(o.name for o in system.observables if o.name not in NOT_LINEAR)


def mapping_of(system: Molecule, name: str | None = None) -> QubitMapping:
    """How the active electrons of a molecule lie on qubits; loads no solver."""
    return QubitMapping(
        name=name or system.mapping,
        orbitals=system.space.orbitals,
        electrons=system.space.electrons,
    )


def molecule(system: System) -> Molecule:
    """The system, if it is a molecule whose words are manageable.

    Raises:
        ProgramRejected: It is not.
    """
    if not isinstance(system, Molecule):
        raise ProgramRejected(
            f"a {system.kind} is not on qubits; allowed: molecules and systems of qubits",
            field="/system/kind",
        )
    if system.space.orbitals > MAX_ORBITALS:
        raise ProgramRejected(
            f"{system.space.orbitals} orbitals on qubits; allowed: at most {MAX_ORBITALS}, which "
            "an active_space chooses",
            field="/system/active_space",
        )
    return system


def _of_molecule(system: Molecule, points: FloatArray, name: str | None) -> Problem:
    mapping = mapping_of(system, name)
    operators: list[Mapping[str, PauliSum]] = []
    failures = {}
    for row, found in enumerate(integrals.sweep(system, points)):
        if isinstance(found, NotConverged):
            failures[row] = str(found)
            operators.append({})
            continue
        total = hamiltonian(found, mapping)
        moments = zip(AXES, found.dipole, strict=False)
        operators.append(
            {
                HAMILTONIAN: total,
                "energy": total,
                **{name: one_electron(m.matrix, m.constant, mapping) for name, m in moments},
            }
        )
    return Problem(
        qubits=mapping.qubits,
        operators=operators,
        sector=mapping.sector,
        reference=mapping.reference,
        mapping=mapping,
        failures=failures,
    )
