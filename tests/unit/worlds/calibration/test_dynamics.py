"""Batched dynamics of a calibration agrees with closed forms, QuTiP and the exact solver."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends.classical.basis import states
from backends.classical.driven import evolved
from backends.classical.evolution import product_vector
from backends.errors import ProgramRejected
from backends.systems import load
from qtwin.worlds.calibration.dynamics import Dynamics
from tests.unit.worlds.calibration.rabi import RABI, TIMES, excited

SWEEP: dict[str, Any] = {
    "kind": "rydberg_array",
    "schema_version": 1,
    "geometry": "chain",
    "atoms": 3,
    "spacing": 6.1,
    "rabi": {"times": [0, 0.2, 0.8, 1.0], "values": [0, 15, 15, 0]},
    "detuning": {"times": [0, 0.2, 0.8, 1.0], "values": [-20, -20, "final", "final"]},
    "state": {"kind": "evolved"},
    "controls": [{"name": "final", "label": "D", "unit": "rad/us", "lower": -20, "upper": 60}],
}
QUENCH: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "chain",
    "sites": 2,
    "parameters": {"J": 0.7, "hx": 1.3, "hz": 0.2},
    "state": {"kind": "evolved", "initial": "01", "time": "t"},
    "controls": [{"name": "t", "label": "T", "unit": "dimensionless", "lower": 0, "upper": 3}],
}


def system(document: dict[str, Any]) -> Any:
    return load(document)


def test_one_atom_turns_as_the_closed_form_says() -> None:
    dynamics = Dynamics.of(system(RABI), TIMES[:, None], ("rabi_scale", "detuning_offset"))
    found = dynamics(np.array([[1.0, 0.0], [1.1, -0.4]]))
    for row, (scale, offset) in enumerate([(1.0, 0.0), (1.1, -0.4)]):
        assert found[row, :, 1] == pytest.approx(excited(scale, offset, 0.0), abs=5e-4)


def test_scales_are_those_of_the_systems_document() -> None:
    points = np.array([[-5.0], [20.0], [55.0]])
    dynamics = Dynamics.of(system(SWEEP), points, ("rabi_scale", "c6_scale", "detuning_offset"))
    found = dynamics(np.array([[1.05, 0.9, 1.5]]))[0]
    other = SWEEP | {
        "rabi": {"times": [0, 0.2, 0.8, 1.0], "values": [0, 15.75, 15.75, 0]},
        "detuning": {"times": [0, 0.2, 0.8, 1.0], "values": [-18.5, -18.5, "final", "final"]},
        "c6": 5.42e6 * 0.9,
    }
    start = product_vector("000", states(3, ()))
    for row, point in enumerate(points):
        exact = evolved(system(other), point + 1.5, start, np.array([1.0]))[0]
        assert found[row] == pytest.approx(np.abs(exact) ** 2, abs=5e-4)


def test_dephasing_is_qutips() -> None:
    qutip = pytest.importorskip("qutip")
    times = np.array([0.6, 2.5])
    dynamics = Dynamics.of(system(QUENCH), times[:, None], ("j_scale", "hz_offset", "dephasing"))
    found = dynamics(np.array([[1.1, 0.05, 0.3]]))[0]
    x, z, one = qutip.sigmax(), qutip.sigmaz(), qutip.qeye(2)
    tensor = qutip.tensor
    fields = 1.3 * (tensor(one, x) + tensor(x, one)) + 0.25 * (tensor(one, z) + tensor(z, one))
    hamiltonian = -0.77 * tensor(z, z) - fields
    start = tensor(qutip.basis(2, 0), qutip.basis(2, 1))
    jumps = [np.sqrt(0.3 / 2) * tensor(one, z), np.sqrt(0.3 / 2) * tensor(z, one)]
    solved = qutip.mesolve(hamiltonian, start, [0.0, *times], jumps)
    for row, state in enumerate(solved.states[1:]):
        rho = state if state.isoper else state.proj()
        assert found[row] == pytest.approx(np.diag(rho.full()).real, abs=5e-4)


def test_too_many_atoms_for_a_density_matrix_are_refused() -> None:
    with pytest.raises(ProgramRejected, match="6 with dephasing") as refused:
        Dynamics.of(system(SWEEP | {"atoms": 7}), np.array([[0.0]]), ("dephasing",))
    assert refused.value.field == "/atoms"
