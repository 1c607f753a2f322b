"""Energies of each method against PySCF called directly, and published values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pyscf import mcscf

from backends.schema import Experiment
from tests.unit.backends.chemistry.molecules import (
    BEH2,
    H2O,
    HYDROGENS,
    LIH,
    METHODS,
    N2,
    OH,
    answer,
    direct,
    experiment,
    mean_field,
    run,
)


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


@pytest.mark.parametrize(
    ("length", "changes"), [(2.8, {"frozen_core": 2}), (3.4, {})], ids=["slow", "singular"]
)
def test_coupled_cluster_on_a_broken_bond_is_a_status(
    length: float, changes: dict[str, Any]
) -> None:
    result = run(experiment(f"N 0 0 0; N 0 0 {length}", "ccsd_t", **changes))
    assert result.failures == {0: "ccsd does not converge"}


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
