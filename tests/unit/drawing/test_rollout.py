"""An episode as it is drawn, of a sweep that was really solved."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from qtwin.drawing.rollout.figure import MOST_PLACES, rollout_figure
from qtwin.drawing.rollout.physics import arrow_path
from qtwin.drawing.rollout.sites import sites_of
from qtwin.worlds.control.rollout import rollout_document
from qtwin.worlds.documents import load
from tests.sweep import array, rollout

SPINS: dict[str, Any] = {
    "kind": "spin_lattice",
    "schema_version": 1,
    "model": "ising",
    "geometry": "square",
    "sites": [2, 2],
    "parameters": {"J": 1.0, "hx": 1.0},
}


@pytest.fixture(scope="module")
def episode() -> dict[str, Any]:
    return rollout(4, slices=40, shots=50)


def test_atoms_are_as_full_as_they_are_excited_at_the_end(episode: dict[str, Any]) -> None:
    figure = rollout_figure(episode, array(4), goal="Probability of Z2")
    assert figure.svg is not None
    drawn = [float(one.get("fill-opacity")) for one in figure.svg.of_class("state-excited")]
    assert drawn == pytest.approx(episode["densities"][-1])
    said = ["".join(map(str, one.children)) for one in figure.svg.of_class("state-density")]
    assert said == [f"{density:.2f}" for density in episode["densities"][-1]]
    cells = [float(one.get("fill-opacity")) for one in figure.svg.of_class("cell")]
    every = [p for row in episode["densities"] for p in row if p >= 0.005]
    assert sorted(cells) == pytest.approx(sorted(every))


def test_the_table_and_the_model_hold_the_episode(episode: dict[str, Any]) -> None:
    figure = rollout_figure(episode, array(4), goal="Probability of Z2")
    (sheet,) = figure.sheets
    assert sheet.head[:4] == (
        "Time / µs",
        "Rabi frequency Ω / rad/µs",
        "Detuning Δ / rad/µs",
        "Probability of Z2",
    )
    assert [row[3] for row in sheet.rows] == pytest.approx(episode["value"], abs=1e-6)
    model = json.loads(json.dumps(figure.model))
    assert model["places"] == episode["times"]
    rabi, detuning, goal = model["panels"][1:]
    assert rabi["lines"][0]["values"] == episode["controls"]["rabi"]
    assert detuning["lines"][0]["values"] == episode["controls"]["detuning"]
    assert (goal["low"], goal["high"]) == (0, 1)
    assert model["densities"][-1] == pytest.approx(episode["densities"][-1], abs=1e-4)


def test_a_long_episode_keeps_its_end(episode: dict[str, Any]) -> None:
    times = [n / 100 for n in range(1000)]
    long = {"times": times, "controls": {"rabi": times}, "value": times, "units": {}}
    figure = rollout_figure(long, {}, goal="Goal")
    places = figure.model["places"]
    assert len(places) <= MOST_PLACES + 1
    assert places[-1] == times[-1]
    assert rollout_figure({"times": [0.0]}, {}).svg is None


def test_a_time_without_a_unit_has_none(episode: dict[str, Any]) -> None:
    given = episode | {"units": {"time": "dimensionless"}, "value": 0.5}
    figure = rollout_figure(given, SPINS)
    assert figure.sheets[0].head[:2] == ("Time", "Rabi frequency Ω")
    assert figure.model["unit"] == ""
    assert "An episode of 3" in str(figure.svg)
    assert "µs" not in str(figure.svg)


def test_an_episode_of_a_control_world_is_drawn() -> None:
    controls = {"rabi": {"lower": 0, "upper": 15, "ends": [0, 0]}}
    document: dict[str, Any] = {
        "kind": "control",
        "schema_version": 1,
        "system": array(3) | {"detuning": 10.0},
        "schedule": {"duration": 1.2, "segments": 3, "controls": controls},
        "goal": {"measure": "z2_probability"},
        "shots": 20,
    }
    world: Any = load(document)
    episode = rollout_document(world, world.schedules.sweep(), frames=20)
    figure = rollout_figure(episode, document["system"], goal="Probability of Z2")
    assert figure.svg is not None
    full = [float(one.get("fill-opacity")) for one in figure.svg.of_class("state-excited")]
    assert full == pytest.approx(episode["densities"][-1])
    assert [panel["lines"][0]["name"] for panel in figure.model["panels"][1:]] == [
        "Ω",
        "Probability of Z2",
    ]
    assert figure.sheets[0].head[0] == "Time / µs"


@pytest.mark.parametrize(
    ("system", "count", "kind", "places"),
    [
        (array(3), 3, "atom", [(0, 0), (1, 0), (2, 0)]),
        (array(4) | {"geometry": "square", "atoms": [2, 2]}, 4, "atom", None),
        (SPINS, 4, "spin", [(0, 0), (1, 0), (0, 1), (1, 1)]),
        ({"kind": "pulses", "qubits": 2}, 2, "qubit", [(0, 0), (1, 0)]),
        (array(3), 5, "atom", [(n, 0) for n in range(5)]),
        ({"kind": "rydberg_array", "atoms": "many"}, 2, "atom", [(0, 0), (1, 0)]),
    ],
)
def test_sites_are_where_the_document_says(
    system: dict[str, Any], count: int, kind: str, places: list[Any] | None
) -> None:
    found = sites_of(system, count)
    assert (found.kind, len(found.places)) == (kind, count)
    if places is not None:
        assert np.array(found.places) == pytest.approx(np.array(places))


def test_waveforms_of_the_agent_do_not_hide_where_atoms_are() -> None:
    driven = array(3) | {"geometry": "ring", "rabi": {"times": [0, 1], "values": [0, 1]}}
    assert len({y for _, y in sites_of(driven, 3).places}) > 1


def test_spins_point_up_for_zero_and_down_for_one(episode: dict[str, Any]) -> None:
    figure = rollout_figure(episode, SPINS)
    assert figure.svg is not None
    arrows = [str(one.get("d")) for one in figure.svg.of_class("state-arrow")]
    assert len(arrows) == 4
    up, down = arrow_path(1.0, 10), arrow_path(-1.0, 10)
    assert up.startswith("M0 8.50V-8.50")
    assert down.startswith("M0 -8.50V8.50")
    for arrow, density in zip(arrows, episode["densities"][-1], strict=True):
        start = float(arrow.removeprefix("M0 ").split("V")[0])
        assert (start > 0) == (density < 0.5)
