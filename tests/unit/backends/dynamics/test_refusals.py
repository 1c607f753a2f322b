"""What documents, controls and parameters are refused, and by which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.dynamics import Model, evolve
from backends.dynamics.ising import Ising
from backends.dynamics.pulses import Pulses
from backends.dynamics.rydberg import Rydberg
from backends.errors import ProgramRejected
from tests.unit.backends.rydberg.arrays import SWEEP

DOCUMENT = {"kind": "pulses", "qubits": 2}
LATTICE = {"kind": "spin_lattice", "schema_version": 1, "geometry": "chain", "sites": 3}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "pulse"}, "/kind"),
        ({"qubits": 5}, "/qubits"),
        ({"qubits": True}, "/qubits"),
        ({"detunings": [1]}, "/detunings"),
        ({"detunings": [1, float("nan")]}, "/detunings/1"),
        ({"coupling": "1"}, "/coupling"),
        ({"schema_version": 2}, "/schema_version"),
        ({"qubit": 1}, "/qubit"),
    ],
)
def test_documents_of_pulses(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as refused:
        Pulses.parse({**DOCUMENT, **change})
    assert refused.value.field == field


def test_a_document_of_pulses_comes_back() -> None:
    document = {**DOCUMENT, "coupling": 2.5, "detunings": [0, 1]}
    again = Pulses.parse(Pulses.parse(document).to_dict())
    assert again == Pulses.parse(document)
    assert Pulses.parse(DOCUMENT).to_dict()["detunings"] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("controls", "parameters", "field"),
    [
        ({"x2": [0, 1]}, {}, "/controls/x2"),
        ({"x0": [0]}, {}, "/controls/x0"),
        ({"x0": [0, np.inf]}, {}, "/controls/x0"),
        ({"x0": [0, 1], "x1": [0, 1, 2]}, {}, "/controls"),
        ({}, {}, "/controls"),
        ({"x0": [0, 1]}, {"rabi_scale": 1}, "/parameters/rabi_scale"),
        ({"x0": [0, 1]}, {"dephasing": np.nan}, "/parameters/dephasing"),
        ({"x0": [0, 1]}, {"coupling_scale": [[1.0]]}, "/parameters/coupling_scale"),
    ],
)
def test_controls_and_parameters(controls: Any, parameters: Any, field: str) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as refused:
        Pulses(qubits=2).terms(controls, parameters)
    assert refused.value.field == field


def test_systems_that_are_none_of_these() -> None:
    lattice: Any = systems.load({**LATTICE, "model": "heisenberg"})
    with pytest.raises(ProgramRejected, match="allowed: ising"):
        Ising.of(lattice)
    chain: Any = systems.load({**SWEEP, "atoms": 15})
    with pytest.raises(ProgramRejected, match="at most 14"):
        Rydberg.of(chain, [0.0])
    with pytest.raises(ProgramRejected, match="allowed: -30 to 60"):
        Rydberg.of(chain := systems.load({**SWEEP, "atoms": 3}), [99.0])  # type: ignore[arg-type]
    plain = Rydberg.of(chain, [0.0])
    frozen = plain.frozen({}, 1, np.random.default_rng(0))
    with pytest.raises(ProgramRejected, match="resolved"):
        plain.terms({"rabi": [0, 1]}, {}, frozen)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"qubits": 15}, "qubits is 15; allowed: 1 to 14"),
        ({"diagonals": np.zeros((1, 8))}, r"diagonals are \(1, 8\); allowed: \(M, 4\)"),
        ({"groups": ((0,), (0, 1))}, "one group at most"),
        ({"groups": ((2,),)}, "one group at most"),
    ],
)
def test_models(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Model(**{"qubits": 2, "diagonals": np.zeros((1, 4)), "groups": ((0, 1),), **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dephasing": -1.0, "rng": np.random.default_rng(0)}, "dephasing is -1.0; allowed"),
        ({"dephasing": 1.0}, "dephasing needs a rng, and order 4"),
        ({"dephasing": 1.0, "rng": np.random.default_rng(0), "order": 6}, "dephasing needs"),
    ],
)
def test_dephasing(change: dict[str, Any], message: str) -> None:
    driven = Pulses(qubits=1)
    terms = driven.terms({"x0": [0, 1]}, {})
    with pytest.raises(ValueError, match=message):
        evolve(driven.model, driven.start, terms.weights, terms.drives, [1.0], **change)
