"""Worlds whose states are computed in single precision: how far they are from the others."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

from qtwin.worlds.control import precision
from qtwin.worlds.control.world import ControlWorld
from tests.unit.worlds.control.documents import ALL, ANNEAL, PULSE, RYDBERG
from tests.unit.worlds.control.worlds import UNCERTAIN, control_world, posterior_of

ROWS = 4


def finals(world: ControlWorld) -> tuple[Any, Any, int]:
    """Final states and values of random schedules, and how many steps of time each takes."""
    space = world.schedules
    shape = (ROWS, space.segments, len(space.components))
    knots = space.knots(np.random.default_rng(1).uniform(-1, 1, shape))
    truths = world.truths.draws[np.arange(ROWS) % len(world.truths.draws)]
    keys = np.arange(ROWS, dtype=np.uint64)
    states = world.simulator.states(knots, truths, keys)[:, 0]
    return states, world.goal.values(states), world.simulator.substeps * space.pace.pieces


def long(document: dict[str, Any]) -> dict[str, Any]:
    """With ten times as many steps of time or more."""
    return {**document, "schedule": {**document["schedule"], "duration": 40.0}}


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        *((name, 1e-3) for name in (*ALL, "long")),
        *(pytest.param(name, 1e-4, marks=pytest.mark.slow) for name in (*ALL, "long")),
    ],
)
def test_rounding_is_less_than_is_said_of_it_and_far_less_than_the_tolerance(
    name: str, tolerance: float
) -> None:
    document = long(ANNEAL) if name == "long" else ALL[name]
    posterior = posterior_of(document, UNCERTAIN.get(name, ("j_scale",)), 0.05)
    rounded, exact = (
        control_world({**document, "tolerance": tolerance, "precision": kind}, posterior)
        for kind in precision.PRECISIONS
    )
    (states, values, steps), (wanted, right, _) = finals(rounded), finals(exact)
    away = np.linalg.norm(states - wanted, axis=1).max()
    assert 1e-8 < away < precision.A_STEP * np.sqrt(steps)
    assert away < precision.SMALL * tolerance
    assert abs(values - right).max() < tolerance / 10
    assert states.dtype == np.complex128
    assert np.linalg.norm(states, axis=1) == pytest.approx(1.0, abs=1e-12)


def test_a_world_is_single_where_rounding_is_small_beside_its_tolerance_unless_it_says() -> None:
    assert {control_world(document).precision for document in (PULSE, RYDBERG)} == {"single"}
    assert control_world({**PULSE, "tolerance": 1e-5}).precision == "double"
    assert control_world(PULSE).to_dict()["precision"] == "single"
    asked = control_world({**PULSE, "precision": "double"})
    for world in (asked, copy.deepcopy(asked), pickle.loads(pickle.dumps(asked))):
        assert (world.precision, world.to_dict()["precision"]) == ("double", "double")
    assert precision.chosen(1e-4, 2400) == "single"
    assert precision.chosen(1e-4, 2600) == "double"
