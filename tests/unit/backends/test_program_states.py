from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.methods import programs
from backends.methods.circuit import Circuit, Gate
from backends.methods.program import Part, Program
from backends.methods.variational import vqe
from backends.schema import RunOptions
from backends.simulators.aer import AerBackend
from backends.systems.pauli import PauliSum, PauliWord
from tests.unit.backends.conftest import MakeExperiment

Z = PauliSum(1, {PauliWord(0, 1): 1.0})
ANGLE = 0.7


def turned(gate: str, rows: list[int]) -> Program:
    """A qubit turned by ``ANGLE`` about an axis, at some of three points."""
    circuit = Circuit(1, (Gate(gate, (0,), 0),), 1)
    angles = np.full((len(rows), 1), ANGLE)
    parts = (Part(rows=np.array(rows), circuit=circuit, angles=angles),) if rows else ()
    lost = {row: "no circuit" for row in range(3) if row not in rows}
    return Program(
        parts=parts,
        operators=[[Z, Z] if row in rows else [] for row in range(3)],
        raw=[{"of": gate}] * 3,
        failures=lost,
    )


@pytest.fixture
def make(experiment: MakeExperiment, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run any program in place of the one that VQE prepares."""

    def run(program: Program, shots: int | None = None) -> Any:
        method = programs.METHODS["vqe"]._replace(prepare=lambda *_: program, validate=vqe.validate)
        monkeypatch.setitem(programs.METHODS, "vqe", method)
        asked = replace(experiment("vqe", [0.5, 0.7, 0.9]), observables=("energy", "energy"))
        return AerBackend().submit(asked, RunOptions(shots=shots, seed=3), token="t")

    return run


@pytest.mark.parametrize("shots", [None, 500])
def test_a_failed_point_has_no_number_and_the_others_have_theirs(make: Any, shots: Any) -> None:
    result = make(turned("rx", [0, 2]), shots)
    assert result.failures == {1: "no circuit"}
    assert np.isnan(result.values[1]).all()
    assert np.abs(result.values[[0, 2]] - np.cos(ANGLE)).max() <= 5 * result.std_errors[0, 0] + 1e-9


def test_every_point_may_fail(make: Any) -> None:
    result = make(turned("rx", []), 100)
    assert sorted(result.failures) == [0, 1, 2]


def test_values_of_several_states_combine_with_their_variances(make: Any) -> None:
    program = replace(
        turned("rx", [0, 1, 2]),
        excited=(turned("rz", [0, 1, 2]),),
        weights=np.array([[1.0, -1.0], [0.0, 1.0]]),
    )
    exact = make(program)
    np.testing.assert_allclose(exact.values, [[np.cos(ANGLE), 1 - np.cos(ANGLE)]] * 3, atol=1e-9)
    np.testing.assert_allclose(exact.mixed_values, 0.0)
    seen = make(program, 400)
    assert np.all(np.abs(seen.values - exact.values) < 5 * seen.std_errors)
    assert np.all(seen.std_errors[:, 1] > seen.std_errors[:, 0])
    assert seen.raw[0]["excited"][0]["of"] == "rz"
    counts = [seen.raw[0]["groups"], seen.raw[0]["excited"][0]["groups"]]
    assert counts[1] == [{"basis": "Z", "counts": {"0": 400}}]
    assert counts[0] != counts[1]
