from __future__ import annotations

import time
from math import comb
from typing import Any

import numpy as np
import pytest
from pyscf import ao2mo, fci, gto, mcscf, scf

from backends import systems
from backends.classical import mean_field
from backends.classical.integrals import Integrals
from backends.methods.hamiltonian import hamiltonian
from backends.methods.mapping import MAPPINGS, QubitMapping
from backends.methods.problem import linear_observables, mapping_of, problem, qubits_of
from backends.systems import Molecule
from backends.systems.pauli import PauliSum
from backends.systems.qubit_system import HAMILTONIAN
from tests.contract.cases import ISING
from tests.unit.backends.conftest import H2

NO_POINT = np.empty((1, 0))


def fixed(atoms: str, **changes: Any) -> Molecule:
    """A molecule without controls, from ``element x y z`` separated by semicolons."""
    rows = [row.split() for row in atoms.split(";")]
    places = [{"element": e, "position": [float(v) for v in at]} for e, *at in rows]
    document = {**H2, "atoms": places, "controls": [], **changes}
    system = systems.load(document)
    assert isinstance(system, Molecule)
    return system


def occupations(mapping: QubitMapping) -> list[int]:
    """Every determinant with the right number of electrons of each spin."""
    n, (up, down) = mapping.orbitals, mapping.electrons
    words = range(1 << n)
    return [
        a | b << n for a in words if a.bit_count() == up for b in words if b.bit_count() == down
    ]


def levels(operator: PauliSum, basis: list[int]) -> np.ndarray:
    """Eigenvalues within some basis states, from the words' action on each."""
    index = np.array(basis)
    place = {state: k for k, state in enumerate(basis)}
    matrix = np.zeros((len(index), len(index)), dtype=np.complex128)
    for word, weight in operator.terms.items():
        signs = (-1.0) ** np.bitwise_count(index & word.z)
        for column, row in enumerate((index ^ word.x).tolist()):
            if row in place:
                phase = 1j ** (word.x & word.z).bit_count()
                matrix[place[row], column] += weight * phase * signs[column]
    found: np.ndarray = np.linalg.eigvalsh(matrix)
    return found


LIH = "Li 0 0 0; H 0 0 1.6"
H4 = "H 0 0 0; H 0 0 0.9; H 0 0.1 2.0; H 0.3 0 2.9"


@pytest.mark.parametrize("name", MAPPINGS)
@pytest.mark.parametrize(
    ("atoms", "changes"),
    [(H4, {}), (H4, {"charge": 1, "spin": 1}), (LIH, {"frozen_core": True}), (H4, {"spin": 2})],
)
def test_every_mapping_has_the_spectrum_of_pyscf_in_the_right_sector(
    atoms: str, changes: dict[str, Any], name: str
) -> None:
    system = fixed(atoms, mapping=name, **changes)
    posed = problem(system, NO_POINT)
    mapping = mapping_of(system)
    basis = [mapping.bits(occupation) for occupation in occupations(mapping)]
    ours = levels(posed.operators[0][HAMILTONIAN], basis)

    geometry = gto.M(atom=atoms, basis="sto-3g", charge=system.charge, spin=system.spin, verbose=0)
    field = scf.ROHF(geometry).set(conv_tol=1e-12).run()
    core = system.space.core
    cas = mcscf.CASCI(field, field.mo_coeff.shape[1] - core, geometry.nelectron - 2 * core)
    one, constant = cas.get_h1eff()
    hamilton = fci.direct_spin1.pspace(
        one, cas.get_h2eff(), cas.ncas, system.space.electrons, np=len(basis)
    )[1]
    theirs = np.linalg.eigvalsh(hamilton) + constant
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_reference_has_the_energy_of_hartree_fock(name: str) -> None:
    system = fixed(H4, mapping=name)
    posed = problem(system, NO_POINT)
    state = np.zeros(2**posed.qubits, dtype=np.complex128)
    assert posed.reference is not None
    state[posed.reference] = 1.0
    field = scf.RHF(gto.M(atom=H4, basis="sto-3g", verbose=0)).set(conv_tol=1e-12).run()
    energy = posed.operators[0]["energy"].expectation(state)
    assert energy == pytest.approx(field.e_tot, abs=1e-8)


def test_the_sector_counts_the_electrons_of_each_spin() -> None:
    system = fixed(H4, charge=1, spin=1)
    posed = problem(system, NO_POINT)
    assert posed.sector == ((0b00001111, 2), (0b11110000, 1))
    members = [
        state
        for state in range(2**posed.qubits)
        if all((state & mask).bit_count() == count for mask, count in posed.sector)
    ]
    assert len(members) == comb(4, 2) * comb(4, 1)
    assert posed.reference in members
    assert problem(system, NO_POINT, mapping="bravyi_kitaev").sector == ()


def test_qubits_are_known_without_a_solver() -> None:
    for name, qubits in (("jordan_wigner", 12), ("parity", 10), ("bravyi_kitaev", 12)):
        system = fixed(LIH, mapping=name)
        assert qubits_of(system) == system.qubits == qubits
    assert qubits_of(fixed(LIH), mapping="parity") == 10
    spins = systems.load(ISING)
    assert qubits_of(spins) == 4
    assert "gap" not in linear_observables(spins)
    assert problem(spins, np.array([[0.5]])).reference is None


def test_a_mapping_with_another_name_is_refused() -> None:
    with pytest.raises(ValueError, match="bravyi_kitaev"):
        QubitMapping(name="ternary", orbitals=2, electrons=(1, 1))


def test_bravyi_kitaev_of_two_orbitals_is_the_published_one() -> None:
    # Seeley, Richard and Love (2012), eq. 27: qubits hold n0, n0+n1, n2, n0+n1+n2+n3.
    mapping = QubitMapping(name="bravyi_kitaev", orbitals=2, electrons=(1, 1))
    sums = [(1, 0b1011), (2, 0b1010), (4, 0b1100), (8, 0b1000)]
    assert [mapping.bits(occupation) for occupation, _ in sums] == [bits for _, bits in sums]


def test_sixteen_qubits_take_seconds_at_most_and_reuse_what_they_share() -> None:
    rng = np.random.default_rng(3)
    one = rng.normal(size=(8, 8))
    two = rng.normal(size=(8,) * 4)
    for axes in ((1, 0, 2, 3), (0, 1, 3, 2), (2, 3, 0, 1)):
        two = two + two.transpose(axes)
    found = Integrals(constant=1.0, one=one + one.T, two=two)
    mapping = QubitMapping(name="jordan_wigner", orbitals=8, electrons=(4, 4))
    start = time.process_time()
    hamiltonian(found, mapping)
    first = time.process_time() - start
    start = time.process_time()
    for _ in range(5):
        hamiltonian(found, mapping)
    assert first < 5
    assert (time.process_time() - start) / 5 < 0.5


def test_a_point_without_hartree_fock_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mean_field, "MAX_CYCLES", 1)
    posed = problem(fixed(LIH), NO_POINT)
    assert posed.failures == {0: "Hartree-Fock does not converge"}
    assert posed.operators[0] == {}


def test_integrals_of_pyscf_are_those_of_the_hamiltonian() -> None:
    geometry = gto.M(atom=LIH, basis="sto-3g", verbose=0)
    field = scf.RHF(geometry).set(conv_tol=1e-12).run()
    posed = problem(fixed(LIH), NO_POINT)
    one = field.mo_coeff.T @ field.get_hcore() @ field.mo_coeff
    two = ao2mo.restore(1, ao2mo.kernel(geometry, field.mo_coeff), 6)
    trace = geometry.energy_nuc() + np.trace(one)
    trace += 0.5 * (np.einsum("ppqq", two) - 0.5 * np.einsum("pqqp", two))
    assert posed.operators[0]["energy"].mixed_value == pytest.approx(trace, abs=1e-8)


@pytest.mark.parametrize("name", MAPPINGS)
@pytest.mark.parametrize("changes", [{}, {"frozen_core": True}])
def test_the_dipole_operators_give_the_moment_of_the_reference(
    name: str, changes: dict[str, Any]
) -> None:
    system = fixed(LIH, mapping=name, **changes)
    posed = problem(system, NO_POINT)
    state = np.zeros(2**posed.qubits, dtype=np.complex128)
    assert posed.reference is not None
    state[posed.reference] = 1.0
    theirs = scf.RHF(gto.M(atom=LIH, basis="sto-3g", verbose=0)).run().dip_moment(verbose=0)
    axes = ("dipole_x", "dipole_y", "dipole_z")
    assert set(axes) < set(linear_observables(system))
    ours = [posed.operators[0][axis].expectation(state) for axis in axes]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)
