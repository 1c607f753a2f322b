from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from qtwin.worlds.control.play import play, prepare, schedule_of
from qtwin.worlds.control.rollout import rollout_document
from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.control.space import Knots
from qtwin.worlds.policies.architecture import architecture_for
from qtwin.worlds.policies.policy import Policy
from tests.unit.worlds.control.documents import ANNEAL, RYDBERG, SPACED
from tests.unit.worlds.control.worlds import control_world, uncertain


def knots(world: Any, rows: int) -> Knots:
    shape = (rows, world.schedules.segments, len(world.schedules.components))
    found: Knots = world.schedules.knots(np.random.default_rng(3).uniform(-1, 1, shape))
    return found


def test_a_schedule_is_worth_what_an_agent_that_writes_it_gets() -> None:
    world = uncertain("spaced", "double")
    rng, batch = np.random.default_rng(4), world.vector(3)
    _, began = batch.reset(seed=0, options={"draws": [1, 2, 3]})
    facts: dict[str, Any] = {}
    for _ in range(4):
        *_, facts = batch.step(rng.uniform(-1, 1, (3, 3)).astype(np.float32))
    written = Knots(facts["times"], facts["schedule"])
    assert play(world, written, began["truth"]) == pytest.approx(facts["value"], abs=1e-12)
    one = world.schedules.schedule(written, 1)
    assert play(world, one, began["truth"])[1] == pytest.approx(facts["value"][1], abs=1e-12)


def test_parameters_are_given_by_name_or_all_and_are_nominal_otherwise() -> None:
    world = uncertain("spaced", "double")
    sweep = world.schedules.sweep()
    named = play(world, sweep, {"detuning_offset": [0.0, 1.5]})
    table = np.tile(world.truths.nominal, (2, 1))
    table[1, world.parameters.index("detuning_offset")] = 1.5
    assert np.array_equal(named, play(world, sweep, table))
    assert named[0] == pytest.approx(play(world, sweep)[0], abs=1e-12)
    assert abs(named[1] - named[0]) > 1e-3


def test_many_schedules_may_have_one_truth() -> None:
    world = uncertain("spaced", "double")
    some = knots(world, 3)
    alone = [play(world, world.schedules.schedule(some, row))[0] for row in range(3)]
    assert play(world, some) == pytest.approx(alone, abs=1e-12)
    assert np.ptp(alone) > 1e-3


def test_a_schedule_with_more_knots_is_the_same_schedule() -> None:
    world = control_world({**RYDBERG, "tolerance": 1e-7})
    sweep = world.schedules.sweep()
    times = np.unique(np.append(sweep.times, np.linspace(0.05, 1.15, 9)))
    finer = Schedule(times=times, values=sweep.at(times))
    assert play(world, finer) == pytest.approx(play(world, sweep), abs=1e-6)


@pytest.mark.parametrize(
    ("schedules", "parameters", "words"),
    [
        (2, np.zeros((3, 9)), "2 schedules with 3 truths; allowed: equally many"),
        (1, np.zeros((1, 3)), r"shape \(1, 3\); allowed: \(B, 9\), columns rabi_scale"),
        (1, np.full(9, np.nan), "not all finite"),
        (1, {"spin": 1.0}, "parameter 'spin'; allowed: rabi_scale"),
    ],
)
def test_what_does_not_fit_is_refused(schedules: int, parameters: Any, words: str) -> None:
    world = control_world(RYDBERG)
    with pytest.raises(ValueError, match=words):
        prepare(world, knots(world, schedules), parameters)


def test_schedules_of_other_controls_are_refused() -> None:
    world = control_world(ANNEAL)
    with pytest.raises(ValueError, match="allowed: J, hx"):
        play(world, control_world(RYDBERG).schedules.sweep())
    short = Schedule(times=np.array([0.0, 1.0]), values={n: np.ones(2) for n in ("J", "hx")})
    with pytest.raises(ValueError, match="allowed: equally many"):
        play(world, [short, world.schedules.sweep()])


def test_the_schedule_of_a_policy_is_what_it_writes_last() -> None:
    world = control_world(SPACED)
    architecture = architecture_for(world, {"kind": "open_loop"})
    theta = np.random.default_rng(0).uniform(-0.9, 0.9, architecture.size)
    policy = Policy(architecture=architecture, parameters=theta)
    written = schedule_of(world, policy)
    actions = np.stack([policy.act(np.zeros((1, len(world.layout.names))), s)[0] for s in range(8)])
    second = world.schedules.knots(actions[None, 4:].astype(np.float32))
    assert written.to_dict() == world.schedules.schedule(second).to_dict()


def test_a_rollout_shows_the_episode_from_its_start_to_its_shots() -> None:
    world = uncertain("rydberg")
    found = rollout_document(world, world.schedules.sweep(), draw=2, seed=5, frames=50)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    times = np.array(found["times"])
    assert len(times) == 51
    assert (times[0], times[-1]) == (0.0, 1.2)
    assert np.all(np.diff(times) > 0)
    sweep = world.schedules.sweep()
    assert found["controls"]["detuning"] == pytest.approx(sweep.at(times)["detuning"].tolist())
    assert found["units"] == {"rabi": "rad/us", "detuning": "rad/us", "time": "us"}
    densities = np.array(found["densities"])
    assert densities.shape == (51, 3)
    assert densities[0] == pytest.approx(np.zeros(3))
    assert found["value"][0] == 0.0
    assert sum(found["counts"].values()) == len(found["outcomes"]) == world.shots
    assert found["counts"] == {b: found["outcomes"].count(b) for b in set(found["outcomes"])}
    assert list(found["truth"].values()) == world.truths.draws[2].tolist()
    assert found == rollout_document(world, world.schedules.sweep(), draw=2, seed=5, frames=50)


def test_the_densities_of_a_rollout_end_where_the_schedule_is_measured() -> None:
    world = control_world({**RYDBERG, "shots": 20_000, "tolerance": 1e-6})
    found = rollout_document(world, world.schedules.sweep(), frames=20)
    assert found["value"][-1] == pytest.approx(play(world, world.schedules.sweep())[0], abs=1e-5)
    read = sum(int(bits[-1]) * count for bits, count in found["counts"].items()) / 20_000
    assert abs(read - found["densities"][-1][0]) < 4 * 0.5 / np.sqrt(20_000)
    assert len(found["outcomes"]) == 1000


@pytest.mark.parametrize("draw", [-1, 7])
def test_a_draw_that_there_is_not_is_refused(draw: int) -> None:
    world = uncertain("rydberg")
    with pytest.raises(ValueError, match="allowed: 0 to 6"):
        rollout_document(world, world.schedules.sweep(), draw=draw)
