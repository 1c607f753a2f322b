"""A small system for each backend, with points that it can be asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from backends import registry
from backends.schema import Experiment
from tests.unit.backends.conftest import H2

ISING: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "chain",
    "sites": 4,
    "parameters": {"hx": "field"},
    "controls": [
        {"name": "field", "label": "Field", "unit": "dimensionless", "lower": 0.3, "upper": 2.5}
    ],
}
QUENCH: dict[str, Any] = {
    **ISING,
    "state": {"kind": "evolved", "initial": "0000", "time": 0.8},
}
# Clifford at every point, and yet the energy depends on the field.
KICKED: dict[str, Any] = {
    **ISING,
    "state": {"kind": "kicked", "initial": "0+10", "steps": 2, "theta_h": "pi/2 + 0*field"},
}
ATOMS: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 3,
    "spacing": 5.5,
    "rabi": {"times": [0, 0.1, 0.4, 0.5], "values": [0, 15, 15, 0]},
    "detuning": {"times": [0, 0.5], "values": [-10, "10 * final"]},
    "state": {"kind": "evolved"},
    "controls": [
        {"name": "final", "label": "Detuning", "unit": "dimensionless", "lower": 0.3, "upper": 2.5}
    ],
}
CIRCUIT: dict[str, Any] = {
    "kind": "parametric_circuit",
    "schema_version": 1,
    "qasm": """OPENQASM 3.0;
include "stdgates.inc";
input float field;
qubit[3] q;
h q[0]; cx q[0], q[1]; rx(pi/2 * floor(4 * field)) q[1]; s q[0]; rzz(-pi/2) q[1], q[2]; h q[2];
""",
    "observables": [{"name": "energy", "pauli": {"Z0 Z1": 1.0, "X2 Y1": "field", "Y0": 0.5}}],
    "controls": ISING["controls"],
}
# Some of its configurations are so rare that the seed decides whether they are found.
H4: dict[str, Any] = {
    **H2,
    "atoms": [{"element": "H", "position": [0, 0, f"{k} * bond_length"]} for k in range(4)],
}
SPIN_METHODS = {"ed", "free_fermions", "mean_field", "adiabatic", "dmrg"}
LOCAL = [
    name
    for name in sorted(registry.BUILTIN)
    if (able := registry.get(name).capabilities).queue is None and not able.recorded
]
"""Backends that run something at once; those with a queue are in `tests.contract.remote`."""
DEVICES = {"braket": "iqm/Garnet", "google": "willow_pink", "ibm": "ibm_kingston"}
"""Of backends that have no device by default, since it costs money."""
POINTS = np.array([[0.6], [0.7414], [1.3], [2.1]])


def system_of(method: str) -> dict[str, Any]:
    """The document of a system that the method takes; a molecule unless it is listed."""
    if method == "casci":
        return {**H2, "active_space": {"electrons": 2, "orbitals": 2}}
    if method in {"trotter", "evolution", "tebd"}:
        return QUENCH
    own = {"kicked": KICKED, "circuit": CIRCUIT, "ahs": ATOMS, "sqd": H4}
    if method in own:
        return own[method]
    return ISING if method in SPIN_METHODS else H2


def settings_of(backend: str) -> dict[str, Any]:
    """Settings without which a backend runs nothing."""
    if registry.get(backend).capabilities.recorded:
        return {"recording": "0" * 64, "observables": ["energy"]}
    return {"device": DEVICES[backend]} if backend in DEVICES else {}


def experiment_of(method: str, **changes: Any) -> Experiment:
    """An experiment at four points on one control."""
    system = system_of(method)
    plain = Experiment(
        system=system,
        method=method,
        controls=(system["controls"][0]["name"],),
        points=POINTS,
        observables=("energy",),
    )
    return replace(plain, **changes)
