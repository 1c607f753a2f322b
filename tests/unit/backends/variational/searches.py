"""Systems that are minimised, and their lowest energies from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from pyscf import fci, gto, mcscf, scf

from backends import systems
from backends.classical.exact import ExactBackend
from backends.methods.program import Program
from backends.methods.variational import vqe
from backends.methods.variational.landscape import kernel
from backends.schema import Experiment, Result, RunOptions
from backends.simulators.aer import AerBackend
from tests.contract.cases import ISING
from tests.unit.backends.conftest import H2

RING: dict[str, Any] = {**ISING, "geometry": "ring"}

XXZ: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "xxz",
    "geometry": "chain",
    "sites": 6,
    "parameters": {"delta": "field"},
    "controls": ISING["controls"],
}

BELOW = 1e-10


def molecule(*atoms: tuple[str, float | str], **changes: Any) -> dict[str, Any]:
    """Atoms on a line."""
    placed = [{"element": element, "position": [0, 0, z]} for element, z in atoms]
    return {**H2, "atoms": placed, **changes}


H4 = molecule(("H", 0), ("H", "bond_length"), ("H", 2.0), ("H", 2.9))

HELIUM_HYDRIDE = molecule(("He", 0), ("H", "bond_length"), charge=1)

LIH = molecule(("Li", 0), ("H", "bond_length"), frozen_core=True, controls=H2["controls"])


def asked(system: dict[str, Any], points: list[float], method: str = "vqe", **more: Any) -> Any:
    plain = Experiment(
        system=system,
        method=method,
        controls=(system["controls"][0]["name"],),
        points=np.array(points)[:, None],
        observables=("energy",),
    )
    return replace(plain, **more)


def prepared(experiment: Experiment) -> Program:
    return vqe.prepare(experiment, vqe.validate(experiment, RunOptions()))


def energies(experiment: Experiment, program: Program) -> np.ndarray:
    """Of the states that the program prepares, on our own state vector."""
    ansatz = vqe.chosen(experiment, systems.load(experiment.system))
    vectors = kernel(ansatz).vectors(np.array([row["parameters"] for row in program.raw]))
    rows = zip(program.operators, vectors, strict=True)
    return np.array([operators[0].expectation(vector) for operators, vector in rows])


def run(experiment: Experiment, options: RunOptions | None = None) -> Result:
    result = AerBackend().submit(experiment, options or RunOptions(), token="t")
    assert isinstance(result, Result)
    return result


def full(system: dict[str, Any], point: float, core: int = 0) -> float:
    """Full configuration interaction in the active space, by PySCF called directly."""
    places = [a["position"][2] for a in system["atoms"]]
    atoms = "; ".join(
        f"{a['element']} 0 0 {point if isinstance(z, str) else z}"
        for a, z in zip(system["atoms"], places, strict=True)
    )
    geometry = gto.M(atom=atoms, basis=system["basis"], verbose=0)
    field = scf.RHF(geometry).set(conv_tol=1e-12).run()
    cas = mcscf.CASCI(field, field.mo_coeff.shape[1] - core, geometry.nelectron - 2 * core)
    one, constant = cas.get_h1eff()
    electrons = (cas.nelecas[0], cas.nelecas[1])
    found, _ = fci.direct_spin1.kernel(
        one, cas.get_h2eff(), cas.ncas, electrons, ecore=constant, conv_tol=1e-12
    )
    return float(found)


def exact(experiment: Experiment) -> np.ndarray:
    asked_ = replace(experiment, method="ed", settings={})
    found: np.ndarray = ExactBackend().submit(asked_, RunOptions(), token="t").values
    return found
