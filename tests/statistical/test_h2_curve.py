"""The twin of H2 from tables of real solvers, with device noise drawn anew per seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from qtwin.fusion import fit_star
from qtwin.fusion.base import FloatArray, Observations, Role, SourceSpec
from qtwin.fusion.questions.derivatives import derivatives
from qtwin.fusion.questions.functionals import evaluate
from qtwin.fusion.questions.question import Functional, Kind
from tests.statistical.scoring import Score, read_table, score

SHOTS = 4000
BOUNDS = np.array([[0.4, 3.0]])
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))]
MILLIHARTREE = 1e-3
ROLES = {
    "FCI": Role.REFERENCE,
    "HF": Role.APPROXIMATION,
    "MP2": Role.APPROXIMATION,
    "CCSD": Role.APPROXIMATION,
    "QPU": Role.DEVICE,
}

Table = dict[str, FloatArray]


@pytest.fixture(scope="module")
def table() -> Table:
    rows = read_table("fusion_benchmarks", "h2.csv")
    columns = ("r", *ROLES, "QPU_var1")
    values = {name: np.array([float(row[name]) for row in rows]) for name in columns}
    return {**values, "mixed": np.array([_mixed_value(r) for r in values["r"]])}


def _mixed_value(r: float) -> float:
    """Tr(H) / 4 of the two-qubit pair Hamiltonian that the tabulated device ran, hartree.

    Its four states hold no pair, a pair in either orbital, or a pair in both.
    """
    gto: Any = pytest.importorskip("pyscf.gto", reason="the mixed value needs PySCF's integrals")
    from pyscf import ao2mo, scf

    molecule = gto.M(atom=f"H 0 0 0; H 0 0 {r}", basis="sto-3g", verbose=0)
    field = scf.RHF(molecule).run()
    c = field.mo_coeff
    h = c.T @ field.get_hcore() @ c
    e = ao2mo.restore(1, ao2mo.kernel(molecule, c), 2)
    pair = [2 * h[p, p] + e[p, p, p, p] for p in (0, 1)]
    both = 4 * e[0, 0, 1, 1] - 2 * e[0, 1, 0, 1]
    return float(molecule.energy_nuc() + sum(pair) / 2 + both / 4)


def _observations(table: Table, sources: list[str], seed: int) -> Observations:
    """Every second row of each cheap source and of the device, and seven rows of FCI."""
    rng = np.random.default_rng(seed)
    everywhere, few = np.arange(0, 81, 2), np.round(np.linspace(0, 80, 7)).astype(int)
    parts = []
    for position, name in enumerate(sources):
        i = few if name == "FCI" else everywhere
        device = np.full(len(i), name == "QPU")
        std = np.where(device, np.sqrt(table["QPU_var1"][i] / SHOTS), 0.0)
        y = table[name][i] + std * rng.standard_normal(len(i))
        mixed = np.where(device, table["mixed"][i], np.nan)
        gain = np.where(device, 1.0, np.nan)
        index = np.full(len(i), position)
        parts.append(np.column_stack([table["r"][i], y, std, index, gain, mixed]))
    rows = np.concatenate(parts)
    return Observations(
        x=rows[:, :1],
        bounds=BOUNDS,
        y=rows[:, 1],
        std=rows[:, 2],
        source=rows[:, 3].astype(np.int64),
        sources=tuple(SourceSpec(name=name, role=ROLES[name]) for name in sources),
        gain=rows[:, 4],
        mixed_value=rows[:, 5],
    )


def _score(table: Table, sources: list[str], seed: int) -> Score:
    fit = fit_star(_observations(table, sources, seed), seed=seed)
    return score(fit.predict(table["r"][:, None]), table["FCI"], f"H2 {sources} seed {seed}")


@pytest.mark.parametrize("seed", SEEDS)
def test_with_ccsd_the_curve_is_known_to_a_millihartree(table: Table, seed: int) -> None:
    found = _score(table, ["FCI", "HF", "MP2", "CCSD", "QPU"], seed)
    assert found.rmse <= 1.0 * MILLIHARTREE
    assert found.coverage >= 0.9
    assert found.width <= 4.0 * MILLIHARTREE


@pytest.mark.parametrize("seed", SEEDS)
def test_without_ccsd_the_curve_is_known_to_five_millihartree(table: Table, seed: int) -> None:
    found = _score(table, ["FCI", "HF", "MP2", "QPU"], seed)
    assert found.rmse <= 5.0 * MILLIHARTREE
    assert found.coverage >= 0.9
    assert found.width <= 20.0 * MILLIHARTREE


def test_the_bond_length_and_the_force_are_those_of_the_exact_curve(table: Table) -> None:
    """Against a spline of all 81 exact points; the twin knows seven of them, and no CCSD."""
    exact = CubicSpline(table["r"], table["FCI"])
    (bond,) = [r for r in exact.derivative().roots(extrapolate=False) if r < 1.5]
    fit = fit_star(_observations(table, ["FCI", "HF", "MP2", "QPU"], seed=0), seed=0)
    found = evaluate(fit, Functional(kind=Kind.MINIMUM))
    length, energy = found.position[0], found.value
    assert energy is not None
    assert length.std < 0.01
    assert abs(length.mean - bond) < min(0.003, 2 * length.std)
    assert length.lower <= bond <= length.upper
    assert energy.lower <= exact(bond) <= energy.upper
    assert found.at_bound == 0.0
    where = np.linspace(0.5, 2.9, 49)
    force = derivatives(fit, where[:, None])
    error = np.abs(force.mean[:, 0] - exact(where, 1))
    assert error.max() < 0.02  # hartree per angstrom; the force spans 2
    assert np.mean(error <= force.upper[:, 0] - force.mean[:, 0]) >= 0.9
