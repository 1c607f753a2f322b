"""Every knob that a backend takes says where its error vanishes; the laws hold for real runs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.base import Backend
from backends.schema import Experiment, KnobKind, KnobLimit, Result, RunOptions
from tests.contract.cases import experiment_of, settings_of

EVERY = sorted({*registry.names(), "readout+fake-ibm", "zne+aer"})


@pytest.mark.parametrize("name", EVERY)
def test_limits_speak_of_knobs_that_the_backend_takes_and_of_all_of_them(name: str) -> None:
    backend = registry.get(name)
    bounds = {knob: (low, high) for knob, low, high in backend.capabilities.knobs}
    seen: set[str] = set()
    for method in backend.capabilities.methods:
        for limit in backend.limits(method, settings_of(name)):
            low, high = bounds[limit.name]
            assert low <= limit.default <= high
            assert not low < limit.limit < high, "a limit lies at or beyond an end of the range"
            seen.add(limit.name)
    assert seen == set(bounds)


@pytest.mark.parametrize("limit", [0.0, 0.25, np.inf, -np.inf])
def test_a_limit_survives_json(limit: float) -> None:
    knob = KnobLimit(name="k", kind=KnobKind.DAMPING, limit=limit, order=2, default=1.0)
    assert KnobLimit.from_dict(json.loads(json.dumps(knob.to_dict(), allow_nan=False))) == knob


def test_a_gain_that_a_technique_takes_for_itself_is_no_knob() -> None:
    names = {limit.name for limit in registry.get("zne+fake-ibm").limits("trotter", {})}
    assert names == {"trotter_steps"}


def test_a_state_vector_has_no_bond_dimension() -> None:
    limits = registry.get("aer").limits("trotter", {"simulation": "statevector"})
    assert {limit.name for limit in limits} == {"trotter_steps"}


@pytest.mark.parametrize("order", [1, 2])
def test_trotters_error_falls_with_the_order_that_is_declared(order: int) -> None:
    """Against exact evolution: four times the steps, ``4**order`` less error, within a fifth."""
    backend = registry.get("cirq")
    (knob,) = backend.limits("trotter", {"order": order})
    steps = [16.0, 64.0]
    exact = _values(registry.get("exact"), experiment_of("evolution"))
    errors = [
        np.abs(_values(backend, _with(experiment_of("trotter"), count, {"order": order})) - exact)
        for count in steps
    ]
    assert errors[1].max() > 1e-9
    ratio = errors[0].max() / errors[1].max()
    assert np.log(ratio) / np.log(4.0) == pytest.approx(knob.order, rel=0.2)


def _with(experiment: Experiment, steps: float, settings: dict[str, Any]) -> Experiment:
    column = np.full((len(experiment.points), 1), steps)
    return replace(experiment, knobs=("trotter_steps",), knob_values=column, settings=settings)


def _values(backend: Backend, experiment: Experiment) -> np.ndarray:
    result = backend.submit(experiment, RunOptions(), token="t")
    assert isinstance(result, Result)
    return result.values
