"""Circuits of a program's own shape whose values are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.methods import programs
from backends.methods.program import Program
from backends.mitigation import ideal
from backends.mitigation.clifford_points import clifford_points
from backends.schema import RunOptions
from backends.systems.pauli import PauliSum
from tests.contract.cases import CIRCUIT, QUENCH, experiment_of


def prepared(**changes: Any) -> Program:
    """Trotter circuits of two structures on four spins, at four points."""
    asked = experiment_of(
        "trotter",
        system={**QUENCH, "state": {**QUENCH["state"], "initial": "01+0"}},
        observables=("energy", "magnetisation_z"),
        knobs=("trotter_steps",),
        knob_values=np.array([[1.0], [2.0], [1.0], [2.0]]),
    )
    return programs.prepare(replace(asked, **changes), RunOptions(shots=100, seed=1))


def test_their_values_are_those_of_a_state_vector() -> None:
    program = prepared()
    found = clifford_points(program, 8)
    assert len(found) == 8
    assert {point.part for point in found} == {0, 1}
    for point in found:
        part = program.parts[point.part]
        assert point.row in part.rows
        assert np.allclose(point.angles / (np.pi / 2) % 1.0, 0.0)
        sums = [one for one in program.operators[point.row] if isinstance(one, PauliSum)]
        exact = ideal.values(part.circuit, point.angles[None], [sums])[0]
        assert point.exact == pytest.approx(exact, abs=1e-9)


def test_every_observable_is_told_about_and_fewer_are_the_first_of_more() -> None:
    program = prepared()
    found = clifford_points(program, 6)
    far = np.abs([point.exact - point.mixed for point in found])
    assert (far.max(axis=0) > 0.3).all()
    for many in range(7):
        first = clifford_points(program, many)
        assert [point.angles.tolist() for point in first] == [
            point.angles.tolist() for point in found[:many]
        ]


def test_a_circuit_that_is_never_clifford_has_none() -> None:
    head = 'OPENQASM 3.0; include "stdgates.inc"; input float field; qubit[3] q; rx(field) q[0];'

    def chosen(further: str) -> int:
        system = {**CIRCUIT, "qasm": head + further}
        system["observables"] = [{"name": "energy", "pauli": {"Z0": 1.0}}]
        asked = experiment_of("circuit", system=system)
        return len(clifford_points(programs.prepare(asked, RunOptions(shots=100)), 2))

    assert chosen("t q[0];") == 0
    assert chosen("s q[0];") == 2
