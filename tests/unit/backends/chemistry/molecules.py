"""Molecules, what is asked of our backend, and the same of PySCF alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyscf import cc, ci, gto, mcscf, mp, scf

from backends.classical.pyscf import PyscfBackend
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.conftest import H2

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
