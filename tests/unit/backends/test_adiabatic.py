"""Digitised adiabatic preparation against exact ground states and an integrator made here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from tests.unit.backends.asking import control, spins
from tests.unit.backends.dense import dense
from tests.unit.backends.test_exact_states import ising_matrix, spread

FIELD = control("h", 0.0, 2.0)


def prepared(
    system: dict[str, Any], points: list[list[float]], *, steps: int, backend: str = "aer",
    **settings: Any,
) -> np.ndarray[Any, Any]:  # fmt: skip
    experiment = Experiment(
        system=system,
        method="adiabatic",
        settings=settings,
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points),
        knobs=("trotter_steps",),
        knob_values=np.full((len(points), 1), float(steps)),
        observables=("energy",),
    )
    result = registry.get(backend).submit(experiment, RunOptions(), token="t")
    assert isinstance(result, Result)
    return result.values[:, 0]


def test_a_slow_ramp_ends_in_the_ground_state_and_a_quick_one_above_it() -> None:
    system = spins("ising", 4, parameters={"hx": "h", "hz": 0.2}, controls=[FIELD])
    points = [[0.0], [0.5], [1.0], [2.0]]
    exact = [np.linalg.eigvalsh(ising_matrix(4, h, 0.2))[0] for (h,) in points]
    quick = prepared(system, points, steps=4, duration=2.0)
    slow = prepared(system, points, steps=240, duration=30.0)
    assert (quick > np.array(exact) - 1e-12).all()
    np.testing.assert_allclose(slow, exact, atol=2e-2)
    assert (slow < quick + 1e-9).all()


def test_many_steps_follow_the_ramp_that_the_docstring_writes_down() -> None:
    """Against products of small matrix exponentials, at a duration far from adiabatic."""
    duration, pieces = 1.5, 2000
    target, start = ising_matrix(3, 0.7, 0.3), -dense({spread("X", 3, q): 1.0 for q in range(3)})
    state = np.full(8, 8**-0.5, dtype=complex)
    for piece in range(pieces):
        share = (piece + 0.5) / pieces
        state = expm(-1j * duration / pieces * ((1 - share) * start + share * target)) @ state
    wanted = np.vdot(state, target @ state).real
    system = spins("ising", 3, parameters={"hx": "h", "hz": 0.3}, controls=[FIELD])
    errors = [
        abs(prepared(system, [[0.7]], steps=steps, duration=duration)[0] - wanted)
        for steps in (8, 16, 200)
    ]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.25)
    assert errors[2] < 1e-4


def test_cirq_and_aer_prepare_the_same_state() -> None:
    system = spins("xxz", 3, parameters={"delta": 0.4, "hz": "h"}, controls=[FIELD])
    one, two = (prepared(system, [[0.3], [1.1]], steps=3, backend=name) for name in ("aer", "cirq"))
    np.testing.assert_allclose(one, two, atol=1e-10)


@pytest.mark.parametrize("duration", [0, -1, float("nan"), "long", True, 1e9])
def test_a_ramp_without_a_duration_is_refused(duration: Any) -> None:
    system = spins("ising", 3, parameters={"hx": "h"}, controls=[FIELD])
    with pytest.raises(ProgramRejected, match="to 1000") as refused:
        prepared(system, [[1.0]], steps=3, duration=duration)
    assert refused.value.field == "/settings/duration"


def test_only_ground_states_are_prepared() -> None:
    quench = spins(
        "ising", 3, controls=[FIELD], state={"kind": "evolved", "initial": "000", "time": "h"}
    )
    with pytest.raises(ProgramRejected, match="another") as refused:
        prepared(quench, [[1.0]], steps=3)
    assert refused.value.field == "/system/state"
