"""H2: the dense FCI curve through the backend, and single points through PySCF called directly."""

from __future__ import annotations

from typing import Any

import numpy as np

TIGHT = 1e-12


def exact_curve(system: dict[str, Any], grid: list[list[float]]) -> list[float]:
    """FCI energies at ``grid``, hartree."""
    from backends import registry
    from backends.base import Handle
    from backends.schema import Experiment, RunOptions

    experiment = Experiment(
        system=system,
        method="fci",
        controls=tuple(control["name"] for control in system["controls"]),
        points=np.asarray(grid, dtype=np.float64),
        observables=("energy",),
    )
    token = "score"  # noqa: S105 - a tag, no secret
    result = registry.get("pyscf").submit(experiment, RunOptions(), token=token)
    assert not isinstance(result, Handle)
    return [float(value) for value in result.values[:, 0]]


def direct(system: dict[str, Any], method: str, point: list[float]) -> float:
    """The total energy by ``hf``, ``mp2``, ``ccsd`` or ``fci`` at one point, hartree."""
    from pyscf import cc, fci, gto, mp, scf

    values = dict(zip((control["name"] for control in system["controls"]), point, strict=True))
    atoms = [
        (atom["element"], [values.get(part, part) for part in atom["position"]])
        for atom in system["atoms"]
    ]
    molecule = gto.M(
        atom=atoms,
        basis=system["basis"],
        charge=system["charge"],
        spin=system["spin"],
        unit="Angstrom",
        verbose=0,
    )
    field = scf.RHF(molecule)
    field.conv_tol = TIGHT
    field.kernel()
    match method:
        case "hf":
            return float(field.e_tot)
        case "mp2":
            return float(mp.MP2(field).run().e_tot)
        case "ccsd":
            return float(cc.CCSD(field).run(conv_tol=TIGHT, conv_tol_normt=1e-9).e_tot)
        case "fci":
            return float(fci.FCI(field).kernel()[0])
    raise ValueError(f"unknown method {method!r}")
