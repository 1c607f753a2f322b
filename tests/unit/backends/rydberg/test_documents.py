"""What a document of an array means, and which are refused."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

from backends import registry, systems
from backends.errors import ProgramRejected
from backends.schema import Experiment, RunOptions
from tests.thread_seconds import within
from tests.unit.backends.rydberg.arrays import C6, SINGLE, SWEEP, Reference, chain, control, values


@pytest.mark.parametrize(
    ("geometry", "atoms", "distances"),
    [
        ("chain", 3, [5, 10, 5]),
        ("ring", 4, [5, 5 * np.sqrt(2), 5, 5, 5 * np.sqrt(2), 5]),
        ("square", [2, 2], [5, 5, 5 * np.sqrt(2), 5 * np.sqrt(2), 5, 5]),
    ],
)
def test_distances_are_those_of_the_figure(
    geometry: str, atoms: Any, distances: list[float]
) -> None:
    system: Any = systems.load({**SWEEP, "geometry": geometry, "atoms": atoms, "spacing": 5})
    np.testing.assert_allclose(
        system.couplings(np.array([[0.0]]))[0], C6 / np.array(distances) ** 6
    )
    near: Any = systems.load({**system.to_dict(), "cutoff": 6})
    kept = np.where(np.array(distances) < 6, C6 / np.array(distances) ** 6, 0)
    np.testing.assert_allclose(near.couplings(np.array([[0.0]]))[0], kept)


def test_the_ground_state_is_the_lowest_level_of_the_matrix() -> None:
    static = {**SWEEP, "atoms": 5, "rabi": 6.0, "detuning": "final", "phase": 0.7}
    static.pop("state")
    found = values(static, [[-10], [25]], "energy", "gap", "density", method="ed")
    reference = Reference(chain(5, 5.5))
    for row, detuning in zip(found, (-10, 25), strict=True):
        levels, states = np.linalg.eigh(reference.matrix(6.0, detuning, 0.7))
        density = np.vdot(states[:, 0], reference.n @ states[:, 0]).real / 5
        np.testing.assert_allclose(row, [levels[0], levels[1] - levels[0], density], atol=1e-9)


def test_an_array_is_what_its_document_says() -> None:
    for document in (SWEEP, SINGLE, {**SWEEP, "cutoff": 9, "site_densities": True, "phase": 0.2}):
        system = systems.load(document)
        assert systems.load(system.to_dict()) == system
    names = [observable.name for observable in system.observables]
    assert names[-12:-5] == [f"density_{q}" for q in range(7)] or "density_6" in names


UNUSED = control("b", "us", 0, 1)

RISING = {"times": [0, 1, 2.0], "values": [0, 5, 0]}

BAD: list[tuple[dict[str, Any], Any, str]] = [
    ({"spacing": 0}, [[0]], "/system/spacing"),
    ({"spacing": "final"}, [[0]], "/system/controls/0/unit"),
    ({"atoms": 300}, [[0]], "/system/atoms"),
    ({"geometry": "ring", "atoms": 2}, [[0]], "/system/atoms"),
    ({"geometry": "square"}, [[0]], "/system/atoms"),
    ({"rabi": -1}, [[0]], "/system/rabi"),
    ({"rabi": {**RISING, "values": [0, -5, 0]}}, [[0]], "/system/rabi/values/1"),
    ({"rabi": {**RISING, "values": [0, 5]}}, [[0]], "/system/rabi/values"),
    ({"rabi": {**RISING, "times": [0, 2, 1.0]}}, [[0]], "/system/rabi/times/2"),
    ({"rabi": {**RISING, "times": [0.5, 1, 2.0]}}, [[0]], "/system/rabi/times/0"),
    ({"rabi": {**RISING, "times": [0, 1, 1.9]}}, [[0]], "/system/detuning/times/3"),
    ({"rabi": {"times": [0, "2 + final", 2.0], "values": [0, 5, 0]}}, [[0]], "/points/0"),
    ({"rabi": "final * 2"}, [[3], [-3]], "/points/1"),
    ({"rabi": {**RISING, "shape": "gauss"}}, [[0]], "/system/rabi/shape"),
    ({"c6": 0}, [[0]], "/system/c6"),
    ({"cutoff": -3}, [[0]], "/system/cutoff"),
    ({"state": {"kind": "ground"}}, [[0]], "/system/state"),
    ({"state": {"kind": "evolved", "time": 3}}, [[0]], "/points/0"),
    ({"positions": [[0, 0]]}, [[0]], "/system/positions"),
    ({"geometry": "custom"}, [[0]], "/system/atoms"),
    ({"controls": [*SWEEP["controls"], UNUSED]}, [[0, 0]], "/system/controls/1/name"),
    ({"controls": [control("final", "MHz", 0, 1)]}, [[0]], "/system/controls/0/unit"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "points", "field"), BAD)
def test_arrays_that_cannot_be_are_refused_at_once(
    changes: dict[str, Any], points: Any, field: str
) -> None:
    system = {**SWEEP, **changes}
    asked = Experiment(
        system=system,
        method="evolution",
        controls=tuple(entry["name"] for entry in system["controls"]),
        points=np.array(points, dtype=np.float64),
        observables=("density",),
    )
    with within(0.5), pytest.raises(ProgramRejected, match="allowed") as rejected:
        registry.get("exact").check(asked, RunOptions())
    assert rejected.value.field == field


def test_atoms_on_top_of_each_other_are_named() -> None:
    custom = {**SWEEP, "geometry": "custom", "positions": [[0, 0], [4, 0], ["final", 0]]}
    custom.pop("atoms"), custom.pop("spacing")
    with pytest.raises(ProgramRejected, match="final stands for"):
        systems.load(custom)
    custom["positions"][2][0] = "0 * final"
    with pytest.raises(ProgramRejected, match="atoms 0 and 2 are 0 um apart; allowed: at least"):
        systems.load(custom).check_points([[1.0]])


def test_the_largest_array_at_many_points_is_checked_in_little_memory() -> None:
    """256 atoms have 32 640 pairs: at 1000 points 0.26 GB if all distances were held at once."""
    places = [[0.5 + 4 * (q % 16), f"4 * {q // 16} + 0.001 * final"] for q in range(255)]
    big = {**SWEEP, "geometry": "custom", "positions": [*places, [61, "final + 60"]]}
    big.pop("atoms"), big.pop("spacing")
    array = systems.load(big)
    assert systems.load(array.to_dict()) == array
    points = np.linspace(4, 60, 1000)[:, None]
    tracemalloc.start()
    array.check_points(points)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 100e6
    with pytest.raises(ProgramRejected, match="atoms 239 and 255 are") as rejected:
        array.check_points([[10], [-4]])
    assert rejected.value.field == "/points/1"
