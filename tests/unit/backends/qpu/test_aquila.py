"""Aquila: the program in SI units, atoms that are missing, and numbers against exact ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backends import registry
from backends.analog.limits import AQUILA
from backends.base import Backend, Handle
from backends.errors import ProgramRejected
from backends.qpu import aquila_limits
from backends.qpu.aquila_shots import Shots
from backends.schema import Experiment, Result, RunOptions
from tests.contract.cases import ATOMS, experiment_of
from tests.vendors.braket import BraketVendor, bytes_of, devices
from tests.vendors.braket.devices import TASK_FEE
from tests.vendors.braket.keys import SECRET

OPTIONS = RunOptions(shots=1000, seed=1)
OBSERVABLES = ("density", "density_0", "density_correlation", "energy")
PAIR: dict[str, Any] = {
    **ATOMS,
    "atoms": 2,
    "rabi": {"times": [0, 0.1, 0.4, 0.5], "values": [0, 8, 8, 0]},
    "detuning": {"times": [0, 0.5], "values": [0, "final"]},
    "site_densities": True,
}


def opened() -> Backend:
    backend = registry.get("aquila")
    backend.authorise(SECRET)
    return backend


def pair(spacing: float) -> Experiment:
    """Two atoms, near enough to block each other or not."""
    system = {**PAIR, "spacing": spacing}
    return experiment_of("ahs", system=system, observables=OBSERVABLES).rows(0, 1)


def result_of(
    vendor: BraketVendor, experiment: Experiment, change: Callable[[bytes], bytes] | None = None
) -> Result:
    handle = opened().submit(experiment, OPTIONS, token="qtwin-atoms-0-0")
    assert isinstance(handle, Handle)
    vendor.end()
    vendor.changed = change or (lambda data: data)
    report = opened().fetch(handle)
    assert report.cost_micro_usd == vendor.books.bill == TASK_FEE + 1000 * 10_000
    assert report.payload is not None
    return registry.get("aquila").parse(report.payload, experiment, OPTIONS)


@pytest.mark.parametrize("spacing", [5.5, 12.0])
def test_two_atoms_agree_with_the_exact_evolution(braket: BraketVendor, spacing: float) -> None:
    """At 5.5 um they block each other, at 12 um they do not."""
    result = result_of(braket, pair(spacing))
    exact = registry.get("exact").submit(_evolution(pair(spacing)), RunOptions(), token="exact")
    assert isinstance(exact, Result)
    assert np.all(np.abs(result.values - exact.values) < 5 * result.std_errors + 2e-3)
    both = result.raw[0]["counts"].get("11", 0) / 1000
    assert both < 0.01 if spacing < 6 else both > 0.8


def _evolution(experiment: Experiment) -> Experiment:
    return Experiment.from_dict(experiment.to_dict() | {"method": "evolution"})


def test_the_bit_of_atom_0_is_the_rightmost(braket: BraketVendor) -> None:
    """In every shot atom 0 alone is excited; the vendor writes it first, as a 0."""

    def change(shot: dict[str, Any]) -> None:
        shot["shotResult"] |= {"preSequence": [1, 1], "postSequence": [0, 1]}

    result = result_of(braket, pair(5.5), lambda data: bytes_of.changed(data, change))
    assert result.raw[0]["counts"] == {"01": OPTIONS.shots}
    assert result.values[0, 0] == pytest.approx(0.5)
    assert result.values[0, 1] == pytest.approx(1.0)


def test_shots_with_a_missing_atom_are_dropped(braket: BraketVendor) -> None:
    """Where every other shot lost an atom the values stay, and the errors grow."""
    whole = result_of(braket, pair(5.5))
    turn = iter(range(OPTIONS.shots or 0))

    def change(shot: dict[str, Any]) -> None:
        if next(turn) % 2:
            shot["shotResult"]["preSequence"][0] = 0
            shot["shotResult"]["postSequence"][0] = 0

    data = braket.books.tasks.popitem()[1].result
    shots = Shots.read(json.loads(bytes_of.changed(data, change)), atoms=2, shots=1000)
    assert (shots.kept, shots.missing, shots.failed) == (500, 500, 0)
    share = shots.counts["00"] / 500
    assert share == pytest.approx(whole.raw[0]["counts"]["00"] / 1000, abs=0.12)


def test_a_point_without_complete_shots_fails_with_the_reason(braket: BraketVendor) -> None:
    def change(shot: dict[str, Any]) -> None:
        shot["shotMetadata"]["shotStatus"] = "Failure"

    result = result_of(braket, pair(5.5), lambda data: bytes_of.changed(data, change))
    assert "0 of 1000 shots" in result.failures[0]


def test_the_word_of_a_shot_is_not_guessed() -> None:
    shot = {
        "shotMetadata": {"shotStatus": "Maybe"},
        "shotResult": {"preSequence": [1], "postSequence": [1]},
    }
    with pytest.raises(ValueError, match="known: Success"):
        Shots.read({"measurements": [shot]}, atoms=1, shots=1)


def test_the_program_is_ours_in_metres_and_seconds(braket: BraketVendor) -> None:
    opened().submit(pair(5.5), OPTIONS, token="qtwin-atoms-0-0")
    (task,) = braket.books.tasks.values()
    action = json.loads(task.request["action"])
    sites = np.array(action["setup"]["ahs_register"]["sites"], dtype=float)
    assert np.linalg.norm(sites[1] - sites[0]) == pytest.approx(5.5e-6)
    (drive,) = action["hamiltonian"]["drivingFields"]
    series = drive["amplitude"]["time_series"]
    assert np.array(series["times"], dtype=float) == pytest.approx([0, 1e-7, 4e-7, 5e-7])
    assert np.array(series["values"], dtype=float) == pytest.approx([0, 8e6, 8e6, 0])
    assert task.request["deviceArn"] == devices.arn("us-east-1", "quera/Aquila")


def test_the_published_limits_are_those_of_the_schema() -> None:
    said = aquila_limits.of(devices.aquila())
    for name in ("width_um", "spacing_um", "position_grid", "rabi", "rabi_slew", "detuning",
                 "detuning_slew", "phase", "time_us", "time_grid", "time_step"):  # fmt: skip
        assert getattr(said, name) == pytest.approx(getattr(AQUILA, name))


def test_a_limit_that_the_device_tightened_is_heeded(braket: BraketVendor) -> None:
    paradigm = braket.devices[devices.arn("us-east-1", "quera/Aquila")]["paradigm"]
    paradigm["rydberg"]["rydbergGlobal"]["rabiFrequencyRange"] = [0.0, 5_000_000.0]
    with pytest.raises(ProgramRejected, match="0 to 5 rad/us") as refused:
        opened().submit(pair(5.5), OPTIONS, token="qtwin-atoms-0-0")
    assert "limits = none" not in str(refused.value)
    assert not braket.books.posts


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"spacing": 3.0}, "/system/spacing"),
        ({"rabi": {"times": [0, 0.1, 0.4, 0.5], "values": [0, 20, 20, 0]}}, "/system/rabi/values"),
        ({"cutoff": 1.5}, "/system/cutoff"),
    ],
)
def test_what_the_hardware_rejects_is_refused_before(changes: dict[str, Any], field: str) -> None:
    experiment = experiment_of("ahs", system={**PAIR, **changes})
    with pytest.raises(ProgramRejected) as refused:
        opened().check(experiment, OPTIONS)
    assert refused.value.field == field


def test_each_point_is_a_task(braket: BraketVendor) -> None:
    experiment = experiment_of("ahs", system=PAIR)
    assert opened().most_points(experiment, OPTIONS) == 1
    assert opened().estimate(experiment, OPTIONS).money_micro_usd == 4 * (TASK_FEE + 10_000_000)
    with pytest.raises(ProgramRejected, match="4 points in a task"):
        opened().submit(experiment, OPTIONS, token="qtwin-atoms-0-0")
    assert not braket.books.posts
