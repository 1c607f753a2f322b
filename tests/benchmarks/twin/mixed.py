"""Mixed values of the tabulated devices: what each reads when noise has erased everything."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from qtwin.fusion.base import FloatArray
from tests.benchmarks.twin.case import Absent

GEOMETRIES = {
    "h2.csv": "H 0 0 0; H 0 0 {0}",
    "lih.csv": "Li 0 0 0; H 0 0 {0}",
    "h4.csv": "H 0 0 0; H 0 0 {0}; H 0 0 {0}*2; H 0 0 {0}*3",
    "n2.csv": "N 0 0 0; N 0 0 {0}",
    "h4rect.csv": "H 0 0 0; H 0 0 {0}; H 0 {1} 0; H 0 {1} {0}",
}


def mixed_values(table: str, x: FloatArray, space: tuple[int, int]) -> FloatArray:
    """``Tr(H) / 2^n`` of the pair Hamiltonian at points ``(N, D)``, hartree, shape ``(N,)``.

    Raises:
        Absent: PySCF is not installed.
    """
    return np.array([_trace(table, tuple(float(c) for c in point), space) for point in x])


@cache
def _trace(table: str, point: tuple[float, ...], space: tuple[int, int]) -> float:
    """Each orbital holds a pair with probability 1/2, two orbitals with 1/4; hops have no trace."""
    try:
        from pyscf import ao2mo, gto, mcscf, scf
    except ImportError:
        raise Absent("the mixed value of the device needs PySCF's integrals") from None
    molecule: Any = gto.M(atom=_atoms(table, point), basis="sto-3g", verbose=0)
    field = scf.RHF(molecule)
    field.conv_tol = 1e-10
    field.run()
    active = mcscf.CASCI(field, *space)
    h, core = active.get_h1eff()
    e = ao2mo.restore(1, active.get_h2eff(), space[0])
    each = 2 * np.einsum("pp->p", h) + np.einsum("pppp->p", e)
    both = 4 * np.einsum("ppqq->pq", e) - 2 * np.einsum("pqpq->pq", e)
    return float(core + each.sum() / 2 + np.triu(both, 1).sum() / 4)


def _atoms(table: str, point: tuple[float, ...]) -> str:
    text = GEOMETRIES[table]
    for factor in (3, 2):
        text = text.replace(f"{{0}}*{factor}", repr(factor * point[0]))
    return text.format(*point)
