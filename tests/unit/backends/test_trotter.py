"""Trotterised evolution against `scipy.linalg.expm` of matrices that are built here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from tests.contract.cases import ISING
from tests.unit.backends import dense
from tests.unit.backends.dense import X, Y, Z

INITIAL = "0+-1"
SYSTEMS: dict[str, dict[str, Any]] = {
    "ising": {"model": "ising", "parameters": {"J": 1.0, "hx": "field", "hz": 0.3}},
    "xxz": {"model": "xxz", "parameters": {"J": "field", "delta": 0.4, "hz": 0.2}},
}


on = partial(dense.on, qubits=4)


def hamiltonian(model: str, field: float) -> np.ndarray:
    bonds = [(0, 1), (1, 2), (2, 3)]
    if model == "ising":
        total = -sum(on(Z, *b) for b in bonds) - field * sum(on(X, q) for q in range(4))
        return np.asarray(total - 0.3 * sum(on(Z, q) for q in range(4)))
    pairs = sum(on(X, *b) + on(Y, *b) + 0.4 * on(Z, *b) for b in bonds)
    return np.asarray(field * pairs - 0.2 * sum(on(Z, q) for q in range(4)))


def quench(name: str, steps: list[int], *, order: int = 2, **changes: Any) -> Experiment:
    fields = np.linspace(0.6, 1.4, len(steps))
    state = {"kind": "evolved", "initial": INITIAL, "time": 0.9}
    return Experiment(
        system={**ISING, **SYSTEMS[name], "state": state, **changes},
        method="trotter",
        controls=("field",),
        points=fields[:, None],
        observables=("magnetisation_z", "correlation_zz", "magnetisation_x"),
        knobs=("trotter_steps",),
        knob_values=np.array(steps, float)[:, None],
        settings={"order": order},
    )


def exact(name: str, fields: np.ndarray) -> np.ndarray:
    start = dense.product_vector(INITIAL)
    bonds = [(0, 1), (1, 2), (2, 3)]
    operators = (
        sum(on(Z, q) for q in range(4)) / 4,
        sum(on(Z, *b) for b in bonds) / 3,
        sum(on(X, q) for q in range(4)) / 4,
    )
    states = [expm(-0.9j * hamiltonian(name, field)) @ start for field in fields]
    return np.array([[np.vdot(s, o @ s).real for o in operators] for s in states])


def values(asked: Experiment, backend: str = "aer") -> np.ndarray:
    result = registry.get(backend).submit(asked, RunOptions(), token="t")
    assert isinstance(result, Result)
    return result.values


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("order", [1, 2])
def test_the_error_falls_with_the_order_of_the_formula(name: str, order: int) -> None:
    errors = []
    for steps in (16, 32, 64):
        asked = quench(name, [steps] * 3, order=order)
        errors.append(np.abs(values(asked) - exact(name, asked.points[:, 0])).max())
    slopes = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(slopes, order, atol=0.12)


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_many_steps_reach_the_exact_evolution_and_engines_agree(name: str) -> None:
    asked = quench(name, [400, 300, 1])
    found = values(asked)
    np.testing.assert_allclose(found, values(asked, "cirq"), atol=1e-6)
    np.testing.assert_allclose(found[:2], exact(name, asked.points[:2, 0]), atol=1e-4)
    assert np.abs(found[2] - exact(name, asked.points[2:, 0])).max() > 1e-3


def test_no_time_leaves_the_initial_state() -> None:
    still: dict[str, Any] = {"kind": "evolved", "initial": "000-", "time": 0}
    found = values(quench("xxz", [3], state=still))
    np.testing.assert_allclose(found, np.array([[3 / 4, 2 / 3, -1 / 4]]), atol=1e-12)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"state": {"kind": "ground"}}, "/system/state"),
        ({"state": {"kind": "evolved", "initial": "0+", "time": 1}}, "/system/state/initial"),
        ({"state": {"kind": "evolved", "initial": "0+-1", "time": "-field"}}, "/points/0"),
        ({"state": {"kind": "evolved", "initial": "0+-1"}}, "/system/state/time"),
        ({"state": {"kind": "boiled"}}, "/system/state/kind"),
    ],
)
def test_states_that_cannot_be_evolved_are_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as rejected:
        values(quench("ising", [2], **changes))
    assert rejected.value.field == field


@pytest.mark.parametrize("steps", [0, 1.5, 2000])
def test_steps_are_whole_and_bounded(steps: float) -> None:
    asked = quench("ising", [2])
    bad = np.array([[steps]])
    with pytest.raises(ProgramRejected) as rejected:
        values(replace(asked, knob_values=bad))
    assert rejected.value.field == "/knobs/trotter_steps/0"


def test_the_order_is_a_setting_of_trotter_alone() -> None:
    with pytest.raises(ProgramRejected) as rejected:
        values(quench("ising", [2], order=3))
    assert rejected.value.field == "/settings/order"
