"""Cases with given points: the curve of LiH, and the 127-qubit kicked Ising circuit."""

from __future__ import annotations

from functools import cache

import numpy as np

from qtwin.fusion.base import FloatArray
from tests.benchmarks.twin.case import Absent, Block, Case, block, observations
from tests.benchmarks.twin.design import Design, SourceDesign
from tests.benchmarks.twin.tables import Rows, column, read_rows

LIH_POINTS = 25


def lih_case(design: Design, seed: int) -> Case:
    """Few exact points and a cheap curve everywhere; scored where nothing exact was given."""
    r = np.linspace(*design.bounds[0], LIH_POINTS).round(6)
    exact, cheap = (_energies(source.name.lower(), tuple(r)) for source in design.sources)
    known = np.isin(r, np.array(design.sources[0].at))
    blocks = [
        block(design.sources[0], r[known, None], exact[known]),
        block(design.sources[1], r[:, None], cheap),
    ]
    return Case(
        design=design,
        seed=seed,
        observations=observations(design, blocks),
        test_x=r[~known, None],
        truth=exact[~known],
    )


@cache
def _energies(method: str, r: tuple[float, ...]) -> FloatArray:
    """All-electron energies of LiH in STO-3G, hartree, shape ``(R,)``."""
    try:
        from pyscf import fci, gto, mp, scf
    except ImportError:
        raise Absent("the curve of LiH needs PySCF") from None
    energies = []
    for length in r:
        molecule = gto.M(atom=f"Li 0 0 0; H 0 0 {length}", basis="sto-3g", verbose=0)
        field = scf.RHF(molecule)
        field.conv_tol = 1e-11
        field.run()
        energies.append(
            mp.MP2(field).run().e_tot if method == "mp2" else fci.FCI(field).kernel()[0]
        )
    return np.array(energies)


def eagle_case(design: Design, seed: int) -> Case:
    """Raw runs at three noise gains and two Clifford points; scored at the 11 interior angles.

    Kim et al., Nature 618, 500 (2023). The two Clifford points are stabilizer values.
    """
    rows = read_rows("eagle_kicked_ising", design.data)
    exact = _of("exact", rows)
    angles = np.unique(column(_of("eagle-raw", rows), "theta_h"))[1:-1]
    nearest = [int(np.argmin(np.abs(column(exact, "theta_h") - angle))) for angle in angles]
    return Case(
        design=design,
        seed=seed,
        observations=observations(design, [_eagle_block(s, rows) for s in design.sources]),
        test_x=angles[:, None],
        truth=column(exact, "value")[nearest],
    )


def _of(source: str, rows: Rows) -> Rows:
    return tuple(row for row in rows if row["source"] == source)


def _eagle_block(source: SourceDesign, rows: Rows) -> Block:
    if source.name == "stabilizer":
        return block(source, np.array(source.at)[:, None], np.array([0.0, 1.0]))
    of = _of(source.name, rows)
    if source.name == "eagle-raw":
        std, gain = column(of, "std"), column(of, "noise_gain")
        return block(
            source, column(of, "theta_h")[:, None], column(of, "value"), std=std, gain=gain
        )
    even = np.linspace(0, len(of) - 1, source.points).astype(int)
    curve = tuple(of[row] for row in even)
    return block(source, column(curve, "theta_h")[:, None], column(curve, "value"))
