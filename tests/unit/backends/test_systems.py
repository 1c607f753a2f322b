from __future__ import annotations

import contextlib
import copy
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends import systems
from backends.errors import ProgramRejected
from backends.systems import Molecule
from tests.unit.backends.conftest import H2, MakeExperiment


def test_a_molecule_survives_its_json_form(h2: dict[str, Any]) -> None:
    system = systems.load(h2)
    assert systems.load(json.loads(json.dumps(system.to_dict()))) == system
    assert system.to_dict() == h2
    assert system.kind in systems.KINDS


def test_a_molecule_declares_its_observable_and_control(h2: dict[str, Any]) -> None:
    system = systems.load(h2)
    energy = system.observables[0]
    assert (energy.name, energy.unit, energy.variational) == ("energy", "hartree", True)
    assert "electronic + nuclear" in energy.label
    (control,) = system.controls
    assert (control.name, control.unit, control.lower, control.upper) == (
        "bond_length",
        "angstrom",
        0.3,
        2.5,
    )


def test_charge_spin_and_mapping_have_defaults(h2: dict[str, Any]) -> None:
    expected = systems.load(h2)
    for name in ("charge", "spin", "mapping"):
        del h2[name]
    assert systems.load(h2) == expected


@pytest.mark.parametrize(
    ("path", "value", "field", "allowed"),
    [
        (["kind"], "crystal", "/kind", "molecule"),
        (["schema_version"], 2, "/schema_version", "1"),
        (["schema_version"], True, "/schema_version", "1"),
        (["colour"], "red", "/colour", "basis"),
        (["basis"], "sto-4g", "/basis", "sto-3g"),
        (["mapping"], "ternary", "/mapping", "jordan_wigner, parity"),
        (["charge"], 2, "/charge", "at most 1"),
        (["spin"], 1, "/spin", "0, 2"),
        (["atoms"], [], "/atoms", "1 to 16"),
        (["atoms", 0], "H", "/atoms/0", "an object"),
        (["atoms", 1, "element"], "Qq", "/atoms/1/element", "He"),
        (["atoms", 1, "mass"], 1, "/atoms/1/mass", "position"),
        (["atoms", 1, "position", 2], "angle", "/atoms/1/position/2", "bond_length"),
        (["atoms", 1, "position", 0], math.nan, "/atoms/1/position/0", "finite"),
        (["atoms", 1, "position", 0], 10**400, "/atoms/1/position/0", "finite"),
        (["atoms", 1, "position"], [0, 0], "/atoms/1/position", "list of 3 entries"),
        (["controls", 0, "name"], "bond length", "/controls/0/name", "letters"),
        (["controls", 0, "name"], "lambda", "/controls/0/name", "letters"),
        (["controls", 0, "name"], 7, "/controls/0/name", "text"),
        (["controls", 0, "unit"], "bohr", "/controls/0/unit", "angstrom"),
        (["controls", 0, "lower"], -0.1, "/controls/0/lower", "0 or more"),
        (["controls", 0, "lower"], math.nan, "/controls/0/lower", "finite"),
        (["controls", 0, "upper"], 0.3, "/controls/0/upper", "more than lower"),
        (["controls", 0, "upper"], math.inf, "/controls/0/upper", "finite"),
        (["controls", 0, "step"], 1, "/controls/0/step", "upper"),
    ],
)
def test_a_bad_field_is_named_with_what_is_allowed(
    h2: dict[str, Any], path: list[Any], value: Any, field: str, allowed: str
) -> None:
    target: Any = h2
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    # A renamed control leaves its position without a control, which is another error.
    if path == ["controls", 0, "name"]:
        h2["atoms"][1]["position"][2] = 0.7
    with pytest.raises(ProgramRejected, match=allowed) as rejected:
        systems.load(h2)
    assert rejected.value.field == field


def test_missing_fields_are_named(h2: dict[str, Any]) -> None:
    del h2["basis"]
    with pytest.raises(ProgramRejected, match="missing") as rejected:
        systems.load(h2)
    assert rejected.value.field == "/basis"


def test_controls_must_be_used_once(h2: dict[str, Any]) -> None:
    unused = copy.deepcopy(h2)
    unused["atoms"][1]["position"][2] = 0.7
    twice = copy.deepcopy(h2)
    twice["controls"] *= 2
    for document, field in ((unused, "/controls/0/name"), (twice, "/controls/1/name")):
        with pytest.raises(ProgramRejected) as rejected:
            systems.load(document)
        assert rejected.value.field == field


@pytest.mark.parametrize("value", [-0.7, 0.29, 2.6, math.nan, math.inf, True, "0.7", None])
def test_points_outside_the_bounds_are_named(h2: dict[str, Any], value: Any) -> None:
    points: Any = [[0.3], [0.7], [2.5], [value]]
    with pytest.raises(ProgramRejected, match=r"0\.3 to 2\.5 angstrom") as rejected:
        systems.load(h2).check_points(points)
    assert rejected.value.field == "/points/3/0"


@pytest.mark.parametrize("point", [[], [0.7, 0.7], 0.7, "ab"])
def test_points_of_the_wrong_width_are_named(h2: dict[str, Any], point: Any) -> None:
    points: Any = [[0.7], point]
    with pytest.raises(ProgramRejected) as rejected:
        systems.load(h2).check_points(points)
    assert rejected.value.field == "/points/1"


def test_atoms_may_not_coincide(h2: dict[str, Any]) -> None:
    h2["controls"][0]["lower"] = 0
    with pytest.raises(ProgramRejected, match="atoms 0 and 1") as rejected:
        systems.load(h2).check_points([[0.7], [0.0]])
    assert rejected.value.field == "/points/1"


def test_positions_follow_the_controls(h2: dict[str, Any]) -> None:
    system = systems.load(h2)
    assert isinstance(system, Molecule)
    placed = system.positions(np.array([[0.5], [0.9]]))
    np.testing.assert_array_equal(placed[:, 1], [[0, 0, 0.5], [0, 0, 0.9]])
    np.testing.assert_array_equal(placed[:, 0], np.zeros((2, 3)))


def test_an_experiment_is_checked_against_its_system(experiment: MakeExperiment) -> None:
    with pytest.raises(ProgramRejected) as rejected:
        systems.check(experiment("hf", [0.7, 3.0]))
    assert rejected.value.field == "/points/1/0"
    with pytest.raises(ProgramRejected, match="one or more"):
        systems.check(experiment("hf", [0.7]).rows(1, 1))
    broken = experiment("hf", [0.7], system={**H2, "basis": "none"})
    with pytest.raises(ProgramRejected) as rejected:
        systems.check(broken)
    assert rejected.value.field == "/system/basis"


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=4))
def test_no_value_of_any_field_raises_anything_but_rejection(value: Any) -> None:
    for name in H2:
        with contextlib.suppress(ProgramRejected):
            systems.load({**copy.deepcopy(H2), name: value})


@pytest.mark.parametrize(
    "points",
    [np.array([0.7, 0.9]), np.array([[True]]), np.array([[0.7, 0.9]]), [[10**400]], [[np.nan]]],
)
def test_arrays_and_numbers_that_are_no_points_are_refused(h2: dict[str, Any], points: Any) -> None:
    with pytest.raises(ProgramRejected):
        systems.load(h2).check_points(points)
