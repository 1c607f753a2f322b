from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pyscf import cc, fci, gto, mp, scf

from backends.classical import correlation
from backends.classical.pyscf import PyscfBackend
from backends.errors import ProgramRejected
from backends.schema import RunOptions
from tests.unit.backends.conftest import MakeExperiment

SWEEP = [0.3, 0.5, 0.7414, 0.9, 1.1, 1.6, 2.0, 2.25, 2.5]
EXACT = RunOptions()


def energies(experiment: Any) -> np.ndarray:
    return PyscfBackend().submit(experiment, EXACT, token="t").values[:, 0]


def direct(method: str, atoms: list[Any], charge: int = 0) -> float:
    """A cold start of PySCF, without anything of ours."""
    molecule = gto.M(atom=atoms, basis="sto-3g", charge=charge, verbose=0)
    field = scf.RHF(molecule).set(conv_tol=1e-12, conv_tol_grad=1e-8).run()
    if method == "hf":
        return float(field.e_tot)
    if method == "fci":
        return float(fci.FCI(field).kernel()[0])
    if method == "mp2":
        return float(mp.MP2(field).run().e_tot)
    return float(cc.CCSD(field).set(conv_tol=1e-11, conv_tol_normt=1e-9, max_cycle=300).run().e_tot)


@pytest.mark.parametrize("method", ["hf", "mp2", "ccsd", "fci"])
def test_a_warm_started_sweep_agrees_with_cold_starts(
    experiment: MakeExperiment, method: str
) -> None:
    cold = [direct(method, [("H", (0, 0, 0)), ("H", (0, 0, r))]) for r in SWEEP]
    np.testing.assert_allclose(energies(experiment(method, SWEEP)), cold, rtol=0, atol=1e-8)
    back = energies(experiment(method, SWEEP[::-1]))[::-1]
    np.testing.assert_allclose(back, cold, rtol=0, atol=1e-8)


def test_a_larger_molecule_agrees_with_cold_starts(
    experiment: MakeExperiment, h2: dict[str, Any]
) -> None:
    h2["atoms"][0]["element"] = "Li"
    lengths = [1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4]
    cold = [direct("fci", [("Li", (0, 0, 0)), ("H", (0, 0, r))]) for r in lengths]
    ours = energies(experiment("fci", lengths, system=h2))
    np.testing.assert_allclose(ours, cold, rtol=0, atol=1e-8)


def test_ccsd_is_exact_for_two_electrons(experiment: MakeExperiment) -> None:
    ccsd, fci_ = (energies(experiment(method, SWEEP)) for method in ("ccsd", "fci"))
    np.testing.assert_allclose(ccsd, fci_, rtol=0, atol=1e-7)


def test_the_variational_order_holds(experiment: MakeExperiment) -> None:
    hf, fci_ = (energies(experiment(method, SWEEP)) for method in ("hf", "fci"))
    assert (hf > fci_).all()


def test_an_open_shell_is_solved(experiment: MakeExperiment, h2: dict[str, Any]) -> None:
    h2 |= {"charge": 1, "spin": 1}
    methods = ("hf", "mp2", "ccsd", "fci")
    hf, *others = (energies(experiment(method, [1.0, 2.0], system=h2)) for method in methods)
    for other in others:  # one electron has no correlation
        np.testing.assert_allclose(hf, other, rtol=0, atol=1e-9)


def test_a_point_without_convergence_is_a_status_and_the_others_have_answers(
    experiment: MakeExperiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(correlation, "MAX_CYCLES", 12)  # too few for the first point only
    result = PyscfBackend().submit(experiment("ccsd", [0.5, 2.5]), EXACT, token="t")
    assert dict(result.failures) == {0: "ccsd does not converge"}
    assert np.isnan(result.values[0, 0])
    assert np.isfinite(result.values[1, 0])


def test_a_calculation_that_is_too_large_is_refused_without_running(
    experiment: MakeExperiment, h2: dict[str, Any]
) -> None:
    h2["atoms"] += [{"element": "C", "position": [5 * i, 5, 0]} for i in range(3)]
    with pytest.raises(ProgramRejected, match="determinants") as rejected:
        PyscfBackend().check(experiment("fci", [0.7], system=h2), EXACT)
    assert rejected.value.field == "/method"


def test_estimates_grow_with_the_points(experiment: MakeExperiment) -> None:
    one, many = (
        PyscfBackend().estimate(experiment("ccsd", [0.7] * n), EXACT).seconds for n in (1, 100)
    )
    assert 0 < one < many
