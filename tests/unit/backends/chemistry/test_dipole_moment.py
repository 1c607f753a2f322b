"""Dipole moments against PySCF's densities and the slope of the energy in a field."""

from __future__ import annotations

import numpy as np
import pytest
from pyscf import cc, ci, fci, gto, mp, scf

from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.schema import Experiment
from tests.unit.backends.chemistry.molecules import EXACT, H2O, OH, answer, mean_field
from tests.unit.backends.test_molecule import DUMP


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
