"""Systems that are sampled and diagonalised, and full CI of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from backends import registry
from backends.classical import integrals
from backends.schema import Experiment, Result, RunOptions
from backends.systems import Molecule, load
from tests.contract.cases import ISING
from tests.unit.backends.conftest import H2

H4: dict[str, Any] = {
    **H2,
    "atoms": [{"element": "H", "position": [0, 0, f"{k} * bond_length"]} for k in range(4)],
}
LIH: dict[str, Any] = {
    **H2,
    "atoms": [
        {"element": "Li", "position": [0, 0, 0]},
        {"element": "H", "position": [0, 0, "bond_length"]},
    ],
    "active_space": {"electrons": 2, "orbitals": 5},
}
HUBBARD: dict[str, Any] = {
    "kind": "fermi_hubbard",
    "schema_version": 1,
    "geometry": "chain",
    "sites": 3,
    "parameters": {"t": 1.0, "U": "u"},
    "electrons": [2, 1],
    "controls": [{"name": "u", "label": "U", "unit": "dimensionless", "lower": 0.0, "upper": 10.0}],
}
XXZ: dict[str, Any] = {**ISING, "model": "xxz", "parameters": {"delta": "field"}, "sites": 6}
NEVER_BELOW = 1e-9


def run(
    system: dict[str, Any],
    *at: float,
    method: str = "sqd",
    backend: str = "aer",
    shots: int | None = None,
    seed: int = 1,
    observables: tuple[str, ...] = ("energy",),
    **settings: Any,
) -> Result:
    experiment = Experiment(
        system=system,
        method=method,
        controls=(system["controls"][0]["name"],),
        points=np.array(at)[:, None],
        observables=observables,
        settings=settings,
    )
    options = RunOptions(shots=shots, seed=None if shots is None else seed)
    answer = registry.get(backend).submit(experiment, options, token="t")
    assert isinstance(answer, Result)
    return answer


def energy(*args: Any, **options: Any) -> float:
    return float(run(*args, **options).values[0, 0])


def full_ci(system: dict[str, Any], at: float) -> float:
    """PySCF's own full CI on our integrals, called directly."""
    from pyscf import fci

    molecule = load(system)
    assert isinstance(molecule, Molecule)
    found = next(integrals.sweep(molecule, np.array([[at]])))
    assert isinstance(found, integrals.Integrals)
    electrons = molecule.space.electrons
    lowest, _ = fci.direct_spin1.kernel(
        found.one, found.two, len(found.one), electrons, ecore=found.constant, conv_tol=1e-12
    )
    return float(lowest)
