"""The noisy device: Braket's simulator, its misread bits and its hidden errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import Experiment, Result, RunOptions
from qtwin.worlds.control.play import schedule_of
from qtwin.worlds.control.world import ControlWorld
from qtwin.worlds.documents import load
from qtwin.worlds.policies import Policy, architecture_for
from qtwin.worlds.policies.schedules import sweep
from qtwin.worlds.transfer.device import Device, noisy
from qtwin.worlds.transfer.stage import Stage
from tests.unit.worlds.control.documents import ANNEAL, PULSE, RYDBERG, SPACED

PERFECT: dict[str, Any] = {"false_excited": 0.0, "false_ground": 0.0, "steps": 80}


def world(document: dict[str, Any] = RYDBERG) -> ControlWorld:
    made = load(document)
    assert isinstance(made, ControlWorld)
    return made


SYSTEM = {**RYDBERG["system"], "spacing": 8.0}
"""Wide enough for the interaction to matter."""
WORLD = world({**RYDBERG, "system": SYSTEM})


def exact(system: dict[str, Any]) -> float:
    """P(101) of the final state by the twin's other solver."""
    asked = Experiment(
        system={**system, "observables": [{"name": "z2", "bitstring": "101"}]},
        method="evolution",
        controls=(),
        points=np.zeros((1, 0)),
        observables=("z2",),
    )
    found = registry.get("exact").submit(asked, RunOptions(), token="t")
    assert isinstance(found, Result)
    return float(found.values[0, 0])


@pytest.mark.parametrize(
    "errors",
    [{}, {"rabi_scale": 0.7}, {"detuning_scale": 0.6, "detuning_offset": -5.0}, {"c6_scale": 0.5}],
    ids=str,
)
def test_its_shots_are_those_of_the_distorted_schedule(errors: dict[str, float]) -> None:
    device = Device.parse({**PERFECT, **errors})
    policy = sweep(WORLD)
    stage = Stage.play(noisy(WORLD, device, shots=4000, seed=3), policy)
    system = schedule_of(WORLD, policy).system(WORLD)
    wave = system["detuning"]["values"]
    by_hand = {
        **system,
        "rabi": {
            **system["rabi"],
            "values": [errors.get("rabi_scale", 1.0) * v for v in system["rabi"]["values"]],
        },
        "detuning": {
            **system["detuning"],
            "values": [
                errors.get("detuning_scale", 1.0) * v + errors.get("detuning_offset", 0.0)
                for v in wave
            ],
        },
        "c6": 5.42e6 * errors.get("c6_scale", 1.0),
    }
    sigma = np.sqrt(0.25 / 4000)
    assert abs(stage.interval.value - exact(by_hand)) < 4 * sigma + 0.005
    if errors:
        assert abs(stage.interval.value - exact(system)) > 6 * sigma
    assert stage.to_dict()["shots"] == 4000


def test_bits_are_misread_as_it_says() -> None:
    still = Policy(
        architecture=architecture_for(WORLD, {"kind": "open_loop"}), parameters=np.full(8, -1.0)
    )
    system = schedule_of(WORLD, still).system(WORLD)
    counts = Device(false_excited=0.2, steps=20).counts(system, shots=4000, seed=1)
    excited = sum(bits.count("1") * count for bits, count in counts.items())
    assert excited / 12000 == pytest.approx(0.2, abs=5 * np.sqrt(0.16 / 12000))


def test_preparations_that_differ_widen_the_interval() -> None:
    device = Device.parse({"rabi_jitter": 0.15, "preparations": 3, "steps": 20})
    stage = Stage.play(noisy(WORLD, device, shots=1200, seed=2), sweep(WORLD))
    assert len(stage.sample.values) == 1200
    assert "over 3 truths, of 1200 episodes" in stage.interval.method
    again = Stage.play(noisy(WORLD, device, shots=1200, seed=2), sweep(WORLD))
    np.testing.assert_array_equal(again.sample.values, stage.sample.values)


def test_the_sweep_as_a_policy_is_the_worlds_own() -> None:
    found, own = schedule_of(WORLD, sweep(WORLD)), WORLD.schedules.sweep()
    for name, values in own.values.items():
        np.testing.assert_allclose(found.values[name], values, rtol=1e-6, atol=1e-5)
    assert sweep(WORLD).provenance.training == {"made": "linear sweep"}


@pytest.mark.parametrize(
    ("document", "said"),
    [(ANNEAL, "allowed: "), (PULSE, "a pulses; allowed: a rydberg_array")],
    ids=["anneal", "pulse"],
)
def test_a_world_that_it_cannot_hold_is_refused(document: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        noisy(world(document), Device())


def test_a_world_in_which_one_measures_in_between_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a world of 2 rounds.*; allowed: one"):
        noisy(world(SPACED), Device())


def test_a_policy_that_knows_the_time_plays_too() -> None:
    architecture = architecture_for(WORLD, {"kind": "linear"})
    policy = Policy(architecture=architecture, parameters=np.full(architecture.size, 0.1))
    stage = Stage.play(noisy(WORLD, Device.parse(PERFECT), shots=4000, seed=3), policy)
    told = exact(schedule_of(WORLD, policy).system(WORLD))
    assert abs(stage.interval.value - told) < 4 * np.sqrt(0.25 / 4000) + 0.005


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rabi_scale": 9}, "/noise/rabi_scale"),
        ({"false_ground": 0.5}, "/noise/false_ground"),
        ({"steps": 3}, "/noise/steps"),
        ({"laser": 1}, "/noise/laser"),
        ({"preparations": 0}, "/noise/preparations"),
    ],
)
def test_an_impossible_device_is_refused_by_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected) as refused:
        Device.parse(fields, "/noise")
    assert refused.value.field == field


def test_too_few_shots_are_refused() -> None:
    with pytest.raises(ValueError, match="19 shots; allowed: 20 or more"):
        noisy(WORLD, Device(preparations=10), shots=19)
