"""Stated covariances of every sampling backend are those of many draws, and those by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.schema import Experiment, RunOptions
from backends.testing import run
from tests.contract.cases import ATOMS, CIRCUIT, experiment_of
from tests.statistical.test_error_bars import SAMPLING
from tests.unit.backends.shots import multinomial, must_be_that_of_draws, outcome_levels

SHOTS = 1000
SLOW = {"braket-dm", "braket-sv", "cirq-google"}
SUMS = {"a": {"IIZ": 1.0}, "b": {"IZZ": 1.0, "ZII": 0.5}, "c": {"ZII": -0.7, "ZIZ": 0.4}}
STRINGS = ["".join(bits) for bits in product("01", repeat=3)]
NAMES = ("a", "b", "c", "p001")
OWN: list[dict[str, Any]] = [
    *({"name": name, "pauli": terms} for name, terms in SUMS.items()),
    *({"name": f"p{bits}", "bitstring": bits} for bits in STRINGS),
]
QASM = """OPENQASM 3.0;
include "stdgates.inc";
input float field;
qubit[3] q;
ry(field) q[0]; ry(field) q[1]; cx q[0], q[2]; ry(field) q[2];
"""


def asked(methods: tuple[str, ...], *names: str) -> Experiment:
    if "ahs" in methods:
        return experiment_of("ahs", system={**ATOMS, "observables": OWN}, observables=names)
    angle = np.pi / 2 if "trotter" not in methods else 0.9  # stim knows nothing else
    system = {**CIRCUIT, "qasm": QASM, "observables": OWN}
    return experiment_of("circuit", system=system, observables=names, points=np.array([[angle]]))


@pytest.mark.parametrize(("name", "methods"), SAMPLING, ids=[name for name, _ in SAMPLING])
def test_observables_of_a_point_covary_as_stated(name: str, methods: tuple[str, ...]) -> None:
    backend, wanted = registry.get(name), asked(methods, *NAMES)
    point, draws = wanted.points[:1], 200 if name in SLOW else 1000
    many = replace(wanted, points=np.repeat(point, draws, axis=0), knob_values=np.empty((draws, 0)))
    result = run(backend, many, RunOptions(shots=SHOTS, seed=5))
    assert [block.places for block in result.blocks] == [
        [(row, column) for column in range(4)] for row in range(draws)
    ]
    assert len(np.unique(result.values, axis=0)) > draws / 10  # points take shots of their own
    stated = [block.covariance for block in result.blocks]
    must_be_that_of_draws(stated, list(result.values))
    if backend.capabilities.exact:
        strings = replace(asked(methods, *(f"p{bits}" for bits in STRINGS)), points=point)
        strings = replace(strings, knob_values=np.empty((1, 0)))
        chances = run(backend, strings, RunOptions()).values[0]
        levels = [*(outcome_levels(terms, 3) for terms in SUMS.values()), np.eye(8)[0b001]]
        exact = multinomial(chances / chances.sum(), levels, SHOTS)
        scale = np.sqrt(np.outer(np.diag(exact), np.diag(exact)))
        np.testing.assert_allclose(np.mean(stated, axis=0) / scale, exact / scale, atol=0.03)
