from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends.analog.limits import AQUILA
from backends.errors import ProgramRejected
from backends.systems import RydbergArray
from backends.systems import load as load_system
from qtwin.worlds.control.schedule import Schedule
from qtwin.worlds.control.world import ControlWorld
from tests.unit.worlds.control.documents import ANNEAL, RYDBERG, SPACED
from tests.unit.worlds.control.worlds import control_world


def actions(world: ControlWorld, rows: int) -> Any:
    shape = (rows, world.schedules.segments, len(world.schedules.components))
    return np.random.default_rng(3).uniform(-1.5, 1.5, shape)


STEEP = {
    **SPACED,
    "schedule": {
        "duration": {"lower": 0.3, "upper": 4.0},
        "segments": 4,
        "controls": {
            "rabi": {"lower": 0, "upper": 15.8, "ends": [0, 0]},
            "detuning": {"lower": -125, "upper": 125, "ends": [-100, None]},
        },
    },
}


UNEVEN = {**STEEP, "schedule": {**STEEP["schedule"], "segments": 6}}
UNEVEN["schedule"]["duration"] = {"lower": 0.6, "upper": 4.0}
DOCUMENTS = {"fixed": RYDBERG, "spaced": SPACED, "steep": STEEP, "uneven": UNEVEN}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_whatever_an_agent_does_the_device_accepts_its_schedule(document: dict[str, Any]) -> None:
    world = control_world(document)
    given = actions(world, 60)
    given[0] = 1.0
    knots = world.schedules.knots(given)
    for row in range(60):
        schedule = world.schedules.schedule(knots, row)
        world.schedules.check(schedule)
        array = load_system(schedule.system(world))
        assert isinstance(array, RydbergArray)
        world.driven.check(schedule, AQUILA)


def test_slopes_are_kept_by_moving_knots_and_the_end_stays_in_reach() -> None:
    world = control_world(STEEP)
    free = control_world({**STEEP, "schedule": {**STEEP["schedule"], "limits": "none"}})
    given = np.ones((1, 4, 3))
    given[..., -1] = -1.0
    wanted = free.schedules.knots(given).values[0, :, 0]
    moved = world.schedules.knots(given)
    assert wanted.max() == 15.8
    lengths = np.diff(moved.times[0])
    assert np.abs(np.diff(moved.values[0, :, 0])) == pytest.approx(
        np.array([15.0, 0.8, 0.0, 0.8, 15.0]), abs=1e-6
    )
    assert lengths == pytest.approx(np.full(5, 0.06))


@pytest.mark.parametrize("document", [RYDBERG, SPACED], ids=["fixed", "spaced"])
def test_actions_of_a_schedule_give_it_again(document: dict[str, Any]) -> None:
    world = control_world(document)
    knots = world.schedules.knots(actions(world, 20))
    for row in range(20):
        found = world.schedules.actions(world.schedules.schedule(knots, row))
        again = world.schedules.knots(found[None])
        assert again.times[0] == pytest.approx(knots.times[row], abs=1e-9)
        assert again.values[0] == pytest.approx(knots.values[row], abs=1e-9)


def test_the_sweep_goes_in_one_line_while_the_laser_is_on() -> None:
    sweep = control_world(RYDBERG).schedules.sweep()
    assert sweep.times == pytest.approx([0.0, 0.24, 0.48, 0.72, 0.96, 1.2])
    assert sweep.values["rabi"].tolist() == [0.0, 15.8, 15.8, 15.8, 15.8, 0.0]
    line = np.linspace(-30, 50, 4)
    assert sweep.values["detuning"] == pytest.approx([-30.0, *line, 50.0])
    assert Schedule.parse(sweep.to_dict()).to_dict() == sweep.to_dict()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"rabi": [0, 15.8, 0]}, "/values/rabi", "one value for each of 6 times"),
        ({"rabi": [0, 1, 1, 1, 1, 1]}, "/values/rabi/5", "at the end; allowed: 0"),
        ({"rabi": [0, 1, 99, 1, 1, 0]}, "/values/rabi/2", "99; allowed: 0 to 15.8"),
        ({"rabi": [0, 1, float("inf"), 1, 1, 0]}, "/values/rabi/2", "allowed: a finite number"),
        ({"detuning": [0, 0, 60, 0, 0, 0]}, "/values/detuning/2", "-30 to 50"),
        ({"hx": [0] * 6}, "/values", "allowed: rabi, detuning"),
    ],
)
def test_a_schedule_that_the_world_does_not_have_is_refused_by_its_knot(
    change: dict[str, Any], field: str, words: str
) -> None:
    world = control_world(RYDBERG)
    document = world.schedules.sweep().to_dict()
    document["values"] |= change
    with pytest.raises(ProgramRejected) as refused:
        Schedule.parse(document).system(world)
    assert refused.value.field == field
    assert words in str(refused.value)


def test_a_slope_that_the_device_does_not_have_is_refused() -> None:
    world = control_world(STEEP)
    times, values = np.array([0.0, 0.05, 0.5]), np.zeros(3)
    steep = {"rabi": np.array([0.0, 15.0, 0.0]), "detuning": values - 100}
    with pytest.raises(ProgramRejected, match="changes by 300 rad/us per unit of time") as refused:
        world.schedules.check(Schedule(times=times, values=steep))
    assert refused.value.field == "/values/rabi/1"


@pytest.mark.parametrize(
    ("times", "field"),
    [([0.0, 0.0], "/times/1"), ([0.1, 0.2], "/times"), ([0.0], "/times"), ([0.0, "x"], "/times/1")],
)
def test_bad_times_are_refused(times: list[Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as refused:
        Schedule.parse({"times": times, "values": {}})
    assert refused.value.field == field


def test_no_backend_runs_an_anneal() -> None:
    world = control_world(ANNEAL)
    with pytest.raises(ProgramRejected, match="allowed: worlds with a rydberg_array"):
        world.schedules.sweep().system(world)
