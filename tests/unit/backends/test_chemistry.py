"""Methods of quantum chemistry against PySCF called directly, and published values."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pyscf import cc, ci, fci, gto, mcscf, mp, scf

from backends.classical.exact import ExactBackend
from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.conftest import H2
from tests.unit.backends.test_molecule import DUMP, WATER

EXACT = RunOptions()
LIH = "Li 0 0 0; H 0 0 1.6"
BEH2 = "Be 0 0 0; H 0 0 1.33; H 0 0 -1.33"
H2O = "O 0 0 0; H 0.757 0 0.587; H -0.757 0 0.587"
N2 = "N 0 0 0; N 0 0 1.1"
OH = "O 0 0 0; H 0 0 0.97"
HYDROGENS = "H 0 0 0; H 0 0 0.9; H 0 0 1.9; H 0 0 2.7"
METHODS = ("hf", "mp2", "cisd", "ccsd", "ccsd_t", "fci")


def experiment(atoms: str, method: str, *observables: str, **changes: Any) -> Experiment:
    """One molecule without controls, from ``element x y z`` separated by semicolons."""
    rows = [row.split() for row in atoms.split(";")]
    places = [{"element": e, "position": [float(v) for v in at]} for e, *at in rows]
    settings = changes.pop("settings", {})
    return Experiment(
        system={**H2, "atoms": places, "controls": [], **changes},
        method=method,
        controls=(),
        points=np.empty((1, 0)),
        observables=observables or ("energy",),
        settings=settings,
    )


def run(wanted: Experiment) -> Result:
    result = PyscfBackend().submit(wanted, EXACT, token="t")
    assert isinstance(result, Result)
    return result


def answer(atoms: str, method: str, *observables: str, **changes: Any) -> list[float]:
    result = run(experiment(atoms, method, *observables, **changes))
    assert not result.failures
    row: list[float] = result.values[0].tolist()
    return row


def mean_field(atoms: str, *, restricted: bool = False, **options: Any) -> Any:
    """A cold start of PySCF, without anything of ours."""
    geometry = gto.M(atom=atoms, verbose=0, **{"basis": "sto-3g", **options})
    closed = scf.ROHF if restricted else scf.UHF
    field = closed(geometry) if geometry.spin else scf.RHF(geometry)
    return field.set(conv_tol=1e-12, conv_tol_grad=1e-8).run()


def direct(method: str, field: Any, frozen: int = 0) -> float:
    if method == "hf":
        return float(field.e_tot)
    if method == "mp2":
        return float(mp.MP2(field, frozen=frozen).run().e_tot)
    if method == "cisd":
        return float(ci.CISD(field, frozen=frozen).set(conv_tol=1e-11).run().e_tot)
    if method == "fci":
        size, electrons = field.mo_coeff.shape[-1] - frozen, field.mol.nelectron - 2 * frozen
        return float(mcscf.CASCI(field, size, electrons).run().e_tot)
    solver = cc.CCSD(field, frozen=frozen).set(conv_tol=1e-11, conv_tol_normt=1e-9).run()
    return float(solver.e_tot + (solver.ccsd_t() if method == "ccsd_t" else 0.0))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("atoms", "frozen"), [(HYDROGENS, 0), (LIH, 0), (BEH2, 1), (H2O, 1), (N2, 2)]
)
def test_a_closed_shell_agrees_with_pyscf(atoms: str, frozen: int, method: str) -> None:
    theirs = direct(method, mean_field(atoms), frozen)
    (ours,) = answer(atoms, method, frozen_core=frozen)
    assert ours == pytest.approx(theirs, abs=1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_an_open_shell_agrees_with_pyscf(method: str) -> None:
    theirs = direct(method, mean_field(OH, spin=1, restricted=method == "fci"))
    (ours,) = answer(OH, method, spin=1)
    assert ours == pytest.approx(theirs, abs=1e-7)


def test_another_basis_agrees_with_pyscf() -> None:
    for basis in ("6-31g*", "def2-svp"):
        (ours,) = answer(LIH, "ccsd", basis=basis)
        assert ours == pytest.approx(direct("ccsd", mean_field(LIH, basis=basis)), abs=1e-8)


def test_water_has_the_published_energies_and_dipole_moment() -> None:
    # Crawford group, Programming Projects 3 to 6 (github.com/CrawfordGroup/ProgrammingProjects):
    # STO-3G, places in bohr; total SCF, then MP2, CCSD and (T) corrections; hartree and e a0.
    bohr = 0.529177210903
    places = [(0, -0.143225816552, 0), (1.638036840407, 1.136548822547, 0)]
    places.append((-places[1][0], places[1][1], 0))
    atoms = "; ".join(
        " ".join([element, *(repr(v * bohr) for v in at)])
        for element, at in zip("OHH", places, strict=True)
    )
    scf_energy, mp2 = -74.942079928192, -0.049149636120
    ccsd, triples = -0.070680088376, -0.000099877272
    published = {
        "hf": scf_energy,
        "mp2": scf_energy + mp2,
        "ccsd": scf_energy + ccsd,
        "ccsd_t": scf_energy + ccsd + triples,
    }
    for method, energy in published.items():
        assert answer(atoms, method) == pytest.approx([energy], abs=2e-7)
    (dipole,) = answer(atoms, "hf", "dipole_moment")
    assert dipole == pytest.approx(0.603521296525 * 2.541746, abs=1e-5)


@pytest.mark.parametrize("spin", [0, 2])
def test_an_active_space_agrees_with_casci_and_lies_between_fci_and_hartree_fock(
    spin: int,
) -> None:
    energies = []
    for electrons, orbitals in ((2, 2), (4, 4), (6, 5), (8, 6), (10, 7)):
        space = {"electrons": electrons, "orbitals": orbitals}
        field = mean_field(H2O, spin=spin, restricted=True)
        up = (electrons + spin) // 2
        theirs = mcscf.CASCI(field, orbitals, (up, electrons - up)).run().e_tot
        (by_system,) = answer(H2O, "fci", spin=spin, active_space=space)
        (by_setting,) = answer(
            H2O,
            "casci",
            spin=spin,
            settings={"active_electrons": electrons, "active_orbitals": orbitals},
        )
        assert by_system == pytest.approx(theirs, abs=1e-8)
        assert by_setting == by_system
        energies.append(by_system)
    assert np.all(np.diff(energies) < 1e-9)  # each space contains the one before
    assert energies[-1] == pytest.approx(answer(H2O, "fci", spin=spin)[0], abs=1e-9)
    restricted = mean_field(H2O, spin=spin, restricted=True).e_tot
    assert energies[0] <= restricted + 1e-9


def test_every_method_treats_the_same_frozen_core_of_an_open_shell() -> None:
    energies = {m: answer(OH, m, spin=1, frozen_core=True)[0] for m in ("hf", "cisd", "fci")}
    assert energies["fci"] < energies["cisd"] < energies["hf"]
    core, cas = mean_field(OH, spin=1, restricted=True), (5, (4, 3))
    assert energies["fci"] == pytest.approx(mcscf.CASCI(core, *cas).run().e_tot, abs=1e-8)


def spectrum(field: Any, electrons: tuple[int, int]) -> np.ndarray:
    """All levels of one sector, from the whole matrix of determinants."""
    n = field.mo_coeff.shape[1]
    cas = mcscf.CASCI(field, n, electrons)
    one, constant = cas.get_h1eff()
    size = fci.cistring.num_strings(n, electrons[0]) * fci.cistring.num_strings(n, electrons[1])
    matrix = fci.direct_spin1.pspace(one, cas.get_h2eff(), n, electrons, np=size)[1]
    found: np.ndarray = np.linalg.eigvalsh(matrix) + constant
    return found


@pytest.mark.parametrize(
    ("atoms", "electrons", "changes"),
    [(LIH, (2, 2), {}), (BEH2, (3, 3), {}), (OH, (5, 4), {"spin": 1})],
)
def test_levels_are_the_different_ones_of_the_whole_matrix(
    atoms: str, electrons: tuple[int, int], changes: dict[str, Any]
) -> None:
    field = mean_field(atoms, restricted=True, spin=changes.get("spin", 0))
    levels = spectrum(field, electrons)
    different = levels[np.concatenate([[True], np.diff(levels) > 1e-6])][:3]
    first, second, third, gap = answer(
        atoms, "fci", "energy", "energy_1", "energy_2", "gap", **changes
    )
    np.testing.assert_allclose([first, second, third], different, rtol=0, atol=1e-8)
    assert gap == pytest.approx(different[1] - different[0], abs=1e-8)


@pytest.mark.parametrize(
    ("atoms", "changes"),
    [
        (LIH, {"mapping": "parity"}),
        (BEH2, {}),
        (OH, {"spin": 1, "frozen_core": True}),
        (H2O, {"active_space": {"electrons": 6, "orbitals": 5}}),
        ("H 0 0 0; He 0 0 0.8", {"charge": 1, "basis": "6-31g"}),
    ],
)
def test_the_qubit_hamiltonian_has_the_same_levels_and_dipole_moment(
    atoms: str, changes: dict[str, Any]
) -> None:
    names = ("energy", "energy_1", "energy_2", "gap", "dipole_z")
    wanted = experiment(atoms, "fci", *names, **changes)
    ours = run(wanted).values
    qubits = ExactBackend().submit(replace(wanted, method="ed"), EXACT, token="t")
    np.testing.assert_allclose(qubits.values[:, :4], ours[:, :4], rtol=0, atol=1e-8)
    np.testing.assert_allclose(qubits.values[:, 4], ours[:, 4], rtol=0, atol=1e-5)


@pytest.mark.parametrize("length", [2.4, 2.8, 3.4])
def test_a_broken_bond_has_its_lowest_level_though_four_spins_come_close(length: float) -> None:
    stretched = experiment(f"N 0 0 0; N 0 0 {length}", "fci", frozen_core=2)
    ours = run(stretched).values
    qubits = ExactBackend().submit(replace(stretched, method="ed"), EXACT, token="t")
    np.testing.assert_allclose(ours, qubits.values, rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("length", "changes"), [(2.8, {"frozen_core": 2}), (3.4, {})], ids=["slow", "singular"]
)
def test_coupled_cluster_on_a_broken_bond_is_a_status(
    length: float, changes: dict[str, Any]
) -> None:
    result = run(experiment(f"N 0 0 0; N 0 0 {length}", "ccsd_t", **changes))
    assert result.failures == {0: "ccsd does not converge"}


def test_the_ground_level_of_a_spin_projection_is_not_hidden_by_the_reference() -> None:
    oxygen = "O 0 0 0; O 0 0 1.2"
    singlet, triplet = answer(oxygen, "fci", spin=0), answer(oxygen, "fci", spin=2)
    assert singlet == pytest.approx(triplet, abs=1e-8)  # spin 0 counts electrons, not total spin


def test_the_dipole_moment_is_the_slope_of_the_energy_in_a_field() -> None:
    geometry = gto.M(atom=H2O, basis="sto-3g", verbose=0)
    field = scf.RHF(geometry).run(conv_tol=1e-12)
    n, step = 7, 1e-4
    bare, places = field.get_hcore(), geometry.intor("int1e_r")[2]
    nuclear = geometry.atom_charges() @ geometry.atom_coords()[:, 2]
    two = field.mol.ao2mo(field.mo_coeff)
    energies = []
    for strength in (step, -step):
        one = field.mo_coeff.T @ (bare + strength * places) @ field.mo_coeff
        energy, _ = fci.direct_spin1.kernel(one, two, n, (5, 5), conv_tol=1e-13)
        energies.append(energy - strength * nuclear)
    slope = -(energies[0] - energies[1]) / (2 * step) * 2.541746473
    magnitude, x, y, z = answer(H2O, "fci", "dipole_moment", "dipole_x", "dipole_y", "dipole_z")
    assert z == pytest.approx(slope, abs=1e-4)
    assert [x, y] == pytest.approx([0, 0], abs=1e-7)
    assert magnitude == pytest.approx(abs(z))


@pytest.mark.parametrize("method", ["hf", "mp2", "cisd", "ccsd"])
def test_the_density_of_each_method_gives_the_dipole_moment_of_pyscf(method: str) -> None:
    for spin in (0, 1):
        atoms = OH if spin else H2O
        field = mean_field(atoms, spin=spin)
        if method == "hf":
            density = field.make_rdm1()
        else:
            kind = {"mp2": mp.MP2, "cisd": ci.CISD, "ccsd": cc.CCSD}[method]
            density = np.array(kind(field).run().make_rdm1(ao_repr=True))
        theirs = field.dip_moment(dm=density, verbose=0)
        ours = answer(atoms, method, "dipole_x", "dipole_y", "dipole_z", spin=spin)
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-4)


def test_the_dipole_moment_of_an_ion_does_not_depend_on_where_it_is() -> None:
    here = answer("H 0 0 0; He 0 0 0.8", "fci", "dipole_z", charge=1)
    there = answer("H 3 1 -7; He 3 1 -6.2", "fci", "dipole_z", charge=1)
    assert here == pytest.approx(there, abs=1e-6)
    # 0.8 angstrom in bohr, two charges of 1 and 2: all electrons on helium bound it from above.
    assert 0 < -here[0] < 2 * (0.8 / 0.529177) / 3 * 2.5418


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("atoms", "changes"),
    [
        ("He 0 0 0", {}),
        ("H 0 0 0", {"spin": 1}),
        ("H 0 0 0; H 0 0 0.74", {"spin": 2}),
        (LIH, {"active_space": {"electrons": 2, "orbitals": 1}}),
    ],
)
def test_one_determinant_has_no_correlation(
    atoms: str, changes: dict[str, Any], method: str
) -> None:
    (energy,) = answer(atoms, method, **changes)
    assert energy == pytest.approx(mean_field(atoms, spin=changes.get("spin", 0)).e_tot, abs=1e-9)


def test_an_fcidump_is_solved_like_the_molecule_that_it_comes_from() -> None:
    field = mean_field(BEH2)
    n = field.mo_coeff.shape[1]
    one = field.mo_coeff.T @ field.get_hcore() @ field.mo_coeff
    two = field.mol.ao2mo(field.mo_coeff, compact=False).reshape(n, n, n, n)
    lines = [f"&FCI NORB={n},NELEC=6,MS2=0 /"]
    pairs = [(p, q) for p in range(n) for q in range(p + 1)]
    lines += [
        f"{two[p, q, r, s]!r} {p + 1} {q + 1} {r + 1} {s + 1}"
        for k, (p, q) in enumerate(pairs)
        for r, s in pairs[: k + 1]
    ]
    lines += [f"{one[p, q]!r} {p + 1} {q + 1} 0 0" for p, q in pairs]
    lines += [f"{field.mol.energy_nuc()!r} 0 0 0 0"]
    document = {
        "kind": "molecule",
        "schema_version": 1,
        "fcidump": "\n".join(lines).replace("np.float64(", "").replace(")", ""),
        "frozen_core": 1,
    }
    for method in METHODS:
        wanted = Experiment(
            system=document,
            method=method,
            controls=(),
            points=np.empty((2, 0)),
            observables=("energy",),
        )
        theirs = direct(method, field, frozen=1)
        np.testing.assert_allclose(run(wanted).values, [[theirs]] * 2, rtol=0, atol=1e-8)


def test_a_level_that_does_not_exist_is_a_status() -> None:
    result = run(experiment("H 0 0 0; H 0 0 0.7", "fci", "energy", "energy_1", spin=2))
    assert result.failures == {0: "there are only 1 different levels"}


@pytest.mark.parametrize(
    ("method", "observables", "changes", "field", "match"),
    [
        ("ccsd_t", ("dipole_moment",), {}, "/observables/0", "ccsd_t does not give .*: energy"),
        ("ccsd", ("energy", "gap"), {}, "/observables/1", "dipole_moment"),
        ("casci", (), {}, "/settings", "one active space"),
        ("casci", (), {"settings": {"active_electrons": 2}}, "/settings", "one active space"),
        (
            "casci",
            (),
            {"settings": {"active_electrons": 3, "active_orbitals": 3}},
            "/settings/active_electrons",
            "paired",
        ),
        (
            "casci",
            (),
            {"settings": {"active_electrons": 2, "active_orbitals": 99}},
            "/settings/active_orbitals",
            "1 to 7",
        ),
        (
            "casci",
            (),
            {"settings": {"active_electrons": 10, "active_orbitals": 7}, "frozen_core": True},
            "/settings/active_electrons",
            "at most 8",
        ),
        ("hf", (), {"settings": {"active_electrons": 2}}, "/settings/active_electrons", "casci"),
        ("fci", (), {"basis": "cc-pvdz"}, "/method", "determinants"),
        (
            "fci",
            ("energy", "gap"),
            {"basis": "6-31g"},
            "/observables/1",
            "several states",
        ),
    ],
)
def test_what_a_method_does_not_give_is_refused_by_field(
    method: str, observables: tuple[str, ...], changes: dict[str, Any], field: str, match: str
) -> None:
    with pytest.raises(ProgramRejected, match=match) as rejected:
        PyscfBackend().check(experiment(H2O, method, *observables, **changes), EXACT)
    assert rejected.value.field == field


def test_a_dump_has_no_dipole_moment() -> None:
    wanted = Experiment(
        system={"kind": "molecule", "schema_version": 1, "fcidump": DUMP},
        method="hf",
        controls=(),
        points=np.empty((1, 0)),
        observables=("dipole_moment",),
    )
    with pytest.raises(ProgramRejected, match="unknown observable"):
        PyscfBackend().check(wanted, EXACT)


def test_two_controls_move_the_atoms() -> None:
    points = np.array([[0.96, 104.5], [1.1, 120.0]])
    wanted = Experiment(
        system=WATER,
        method="hf",
        controls=("r", "angle"),
        points=points,
        observables=("energy", "dipole_z"),
    )
    for (r, angle), (energy, dipole) in zip(points, run(wanted).values, strict=True):
        z_matrix = f"O; H 1 {r}; H 1 {r} 2 {angle}"
        field = mean_field(z_matrix)
        assert energy == pytest.approx(field.e_tot, abs=1e-8)
        length = np.linalg.norm(field.dip_moment(verbose=0))
        assert dipole == pytest.approx(length, abs=1e-5)


@pytest.mark.parametrize(
    ("atoms", "method", "observables", "changes"),
    [
        (N2, "fci", ("energy", "gap"), {}),
        (N2, "fci", (), {"basis": "6-31g", "active_space": {"electrons": 10, "orbitals": 10}}),
        (N2, "ccsd_t", (), {"basis": "cc-pvdz"}),
    ],
)
def test_an_estimate_is_within_a_factor_of_the_time_taken(
    atoms: str, method: str, observables: tuple[str, ...], changes: dict[str, Any]
) -> None:
    wanted = experiment(atoms, method, *observables, **changes)
    run(experiment(LIH, method))  # imports
    start = time.process_time()
    run(wanted)
    taken = time.process_time() - start
    cost = PyscfBackend().estimate(wanted, EXACT)
    assert taken / 5 < cost.seconds < 5 * taken + 0.5  # 2 on a quiet machine
    assert 100e6 < cost.memory_bytes < 400e6
