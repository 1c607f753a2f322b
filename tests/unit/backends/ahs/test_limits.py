"""What the hardware would refuse, and what the simulator does without it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.errors import ProgramRejected
from backends.schema import RunOptions
from tests.thread_seconds import within
from tests.unit.backends.ahs.arrays import CHAIN, exact, experiment, run
from tests.unit.backends.rydberg.arrays import SWEEP

LINE = {"times": [0, 2.0], "values": [0, 0]}

REFUSED: list[tuple[dict[str, Any], Any, str]] = [
    ({"spacing": 3.9}, [[0]], "/system/spacing"),
    ({"spacing": 5.55}, [[0]], "/system/spacing"),
    ({"atoms": 14, "spacing": 6.0}, [[0]], "/system/spacing"),
    ({"geometry": "ring"}, [[0]], "/system/spacing"),
    ({"c6": 8e5}, [[0]], "/system/c6"),
    ({"rabi": 5}, [[0]], "/system/rabi"),
    ({"rabi": {**LINE, "times": [0, 1, 2.0], "values": [0, 16, 0]}}, [[0]], "/system/rabi/values"),
    ({"rabi": {"times": [0, 0.05, 2.0], "values": [0, 15, 0]}}, [[0]], "/system/rabi/values"),
    ({"rabi": {"times": [0, 0.04, 2.0], "values": [0, 5, 0]}}, [[0]], "/system/rabi/times"),
    ({"rabi": {"times": [0, 0.1234, 2.0], "values": [0, 5, 0]}}, [[0]], "/system/rabi/times"),
    ({"rabi": {"times": [0, 2.0], "values": [0, 5]}}, [[0]], "/system/rabi"),
    ({"rabi": {"times": [0, 1, 2.0], "values": [0, "final", 0]}}, [[3], [20]], "/points/1"),
    ({"rabi": {"times": [0, 1, 2.0], "values": [0, -5, 0]}}, [[0]], "/system/rabi/values/1"),
    ({"rabi": {"times": [0, 1, 0.5], "values": [0, 5, 0]}}, [[0]], "/system/rabi/times/2"),
    ({"detuning": {"times": [0, 2.0], "values": [-130, "final"]}}, [[0]], "/points/0"),
    ({"detuning": {"times": [0, 0.05, 2.0], "values": [-100, 60, "final"]}}, [[0]], "/points/0"),
    ({"phase": 100}, [[0]], "/system/phase"),
    ({"state": {"kind": "evolved", "time": 1.0}}, [[0]], "/system/rabi"),
    ({"state": {"kind": "evolved", "initial": "0001"}}, [[0]], "/system/state"),
    ({"cutoff": 9}, [[0]], "/system/cutoff"),
    ({"atoms": 15, "spacing": 5.0}, [[0]], "/system"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "points", "field"), REFUSED)
def test_what_aquila_would_refuse_is_refused_before_it_is_run(
    changes: dict[str, Any], points: Any, field: str
) -> None:
    system = {**SWEEP, "atoms": 4, **changes}
    if isinstance(changes.get("rabi"), dict):
        system["detuning"] = "0.5 * final"
    asked = experiment(system, points, "density")
    with within(0.5), pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get("braket-ahs").check(asked, RunOptions())
    assert rejected.value.field == field


def test_a_pulse_of_more_than_four_microseconds_is_refused() -> None:
    late = {"times": [0, 2.0, 4.2], "values": [0, 5, 0]}
    asked = experiment({**SWEEP, "rabi": late, "detuning": "final"}, [[0]], "density")
    with pytest.raises(ProgramRejected, match="at most 4 us") as rejected:
        registry.get("braket-ahs").check(asked, RunOptions())
    assert rejected.value.field == "/system/state/time"


def test_rows_nearer_than_the_hardwares_are_refused() -> None:
    places = [[0, 0], [5, 0], [10, 3]]
    near = {**SWEEP, "geometry": "custom", "positions": places}
    near.pop("atoms"), near.pop("spacing")
    with pytest.raises(ProgramRejected, match="two rows 3 um apart") as rejected:
        registry.get("braket-ahs").check(experiment(near, [[0]], "density"), RunOptions())
    assert rejected.value.field == "/system/positions"


def test_without_limits_the_simulator_runs_what_no_hardware_does() -> None:
    free = {
        **SWEEP, "atoms": 2, "spacing": 3.333, "rabi": 20, "detuning": "final",
        "state": {"kind": "evolved", "time": 0.777},
    }  # fmt: skip
    found = run(experiment(free, [[12.0]], "density", "energy", limits="none", steps=400))
    expected = exact(free, [[12.0]], "density", "energy")
    np.testing.assert_allclose(found.values, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"steps": 10}, "/settings/steps"),
        ({"steps": 100.5}, "/settings/steps"),
        ({"blockade_radius": -1}, "/settings/blockade_radius"),
        ({"limits": "eagle"}, "/settings/limits"),
        ({"readout_error": "bad"}, "/settings/readout_error"),
        ({"readout_error": [0.1, 0.7]}, "/settings/readout_error"),
        ({"readout_error": [0.1]}, "/settings/readout_error"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get("braket-ahs").check(
            experiment(CHAIN, [[0]], "density", **settings), RunOptions()
        )
    assert rejected.value.field == field
