from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest

from backends import systems
from backends.errors import ProgramRejected
from backends.systems import Molecule
from tests.thread_seconds import within
from tests.unit.backends.conftest import H2

ANGLE = {"name": "angle", "label": "Angle", "unit": "degree", "lower": 60.0, "upper": 180.0}
LENGTH = {"name": "r", "label": "Bond", "unit": "angstrom", "lower": 0.7, "upper": 2.0}
WATER: dict[str, Any] = {
    "kind": "molecule",
    "schema_version": 1,
    "atoms": [
        {"element": "O", "position": [0, 0, 0]},
        {"element": "H", "position": ["r * sin(angle / 2)", 0, "r * cos(angle / 2)"]},
        {"element": "H", "position": ["-r * sin(angle / 2)", 0, "r * cos(angle / 2)"]},
    ],
    "charge": 0,
    "spin": 0,
    "basis": "sto-3g",
    "mapping": "jordan_wigner",
    "controls": [LENGTH, ANGLE],
}
DUMP = """ &FCI NORB=2,NELEC=2,MS2=0,
  ORBSYM=1,5,
  ISYM=1,
 &END
 6.745651E-01 1 1 1 1
 1.8128880D-01 2 1 2 1
 0.6636 1 1 2 2
 0.6975 2 2 2 2
 -1.2525 1 1 0 0
 -0.4759 2 2 0 0
 -0.578 1 0 0 0
 0.7138 0 0 0 0
"""


def molecule(document: dict[str, Any]) -> Molecule:
    system = systems.load(document)
    assert isinstance(system, Molecule)
    return system


def xyz(text: str, **changes: Any) -> dict[str, Any]:
    document = {**copy.deepcopy(H2), "xyz": text, "controls": [], **changes}
    del document["atoms"]
    return document


def dump(text: str = DUMP, **changes: Any) -> dict[str, Any]:
    return {"kind": "molecule", "schema_version": 1, "fcidump": text, **changes}


def test_coordinates_are_expressions_and_angles_in_degree_enter_in_radians() -> None:
    placed = molecule(WATER).positions(np.array([[0.96, 104.5], [1.2, 180.0]]))
    arms = placed[:, 1:] - placed[:, :1]
    np.testing.assert_allclose(np.linalg.norm(arms, axis=2), [[0.96] * 2, [1.2] * 2])
    cosines = np.sum(arms[:, 0] * arms[:, 1], axis=1) / np.array([0.96, 1.2]) ** 2
    np.testing.assert_allclose(np.degrees(np.arccos(cosines)), [104.5, 180.0], atol=1e-5)


@pytest.mark.parametrize(
    "document",
    [
        WATER,
        {**WATER, "active_space": {"electrons": 4, "orbitals": 4}},
        {**WATER, "active_space": {"electrons": 4, "orbitals": 4, "follow": True}},
        {**WATER, "frozen_core": True},
        {**WATER, "frozen_core": 2},
        xyz("2\ncomment\nH 0 0 0\nH 0 0 0.74\n"),
        {**dump(), "mapping": "parity", "controls": []},
    ],
)
def test_every_input_survives_its_json_form(document: dict[str, Any]) -> None:
    system = molecule(document)
    assert system.to_dict() == document
    assert systems.load(json.loads(json.dumps(system.to_dict()))) == system


def test_xyz_text_places_atoms_and_may_name_controls() -> None:
    r = {**LENGTH, "name": "bond"}
    document = xyz("2\n\nli 0 0 0\n H  0.5\t0 2*bond-1e-1 \n\n", controls=[r])
    system = molecule(document)
    assert [atom.element for atom in system.atoms] == ["Li", "H"]
    np.testing.assert_allclose(system.positions(np.array([[1.0]]))[0, 1], [0.5, 0, 1.9])


def test_an_fcidump_is_read_with_its_permutations() -> None:
    system = molecule(dump())
    found = system.dump
    assert found is not None
    assert (system.electrons, system.spin, system.orbitals, system.qubits) == (2, 0, 2, 4)
    assert found.constant == 0.7138
    np.testing.assert_array_equal(found.one, np.diag([-1.2525, -0.4759]))
    for place in ((0, 1, 0, 1), (1, 0, 0, 1), (0, 1, 1, 0), (1, 0, 1, 0)):
        assert found.two[place] == 0.1812888
    assert found.two[0, 0, 1, 1] == found.two[1, 1, 0, 0] == 0.6636
    assert {o.unit for o in system.observables} == {"hartree"}  # no places, no dipole moment


def test_the_active_space_keeps_count_of_electrons() -> None:
    water = molecule({**WATER, "active_space": {"electrons": 4, "orbitals": 3}})
    assert (water.space.core, water.space.orbitals, water.space.electrons) == (3, 3, (2, 2))
    assert (water.electrons, water.qubits) == (10, 6)
    frozen = molecule({**WATER, "frozen_core": True, "mapping": "parity"})
    assert (frozen.space.core, frozen.space.electrons, frozen.qubits) == (1, (4, 4), 10)
    triplet = molecule({**WATER, "spin": 2, "active_space": {"electrons": 2, "orbitals": 2}})
    assert triplet.space.electrons == (2, 0)


def put(path: list[Any], value: Any, document: dict[str, Any] = WATER) -> dict[str, Any]:
    changed: Any = copy.deepcopy(document)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed  # type: ignore[no-any-return]


X = ["atoms", 1, "position", 0]
AT = "/atoms/1/position/0"
BOMB = "&FCI NORB=16,NELEC=2,MS2=0 &END\n" + "0.1 1 1 1 1\n" * 15_000
BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("import", put(X, "__import__('os').system('id')"), AT, "no expression"),
    ("attribute", put(X, "r.__class__"), AT, "no expression"),
    ("deep", put(X, "(" * 5000 + "r" + ")" * 5000), AT, "200 characters"),
    ("minus", put(X, "-" * 190 + "r"), AT, "120 terms"),
    ("power", put(X, "9**9**9**9"), AT, "finite"),
    ("long", put(X, "r+" * 5000 + "r"), AT, "200 characters"),
    ("unknown", put(X, "radius"), AT, "allowed: .*r, angle"),
    ("nan", put(X, float("nan")), AT, "allowed"),
    ("twice in radians", put(X, "r*sin(angle*pi/180)"), AT, "enters"),
    ("half an angle twice", put(X, "r*sin(angle*pi/360)"), AT, "enters"),
    ("reserved", put(["controls", 0, "name"], "pi"), "/controls/0/name", "meaning"),
    ("negative length", put(["controls", 0, "lower"], -1), "/controls/0/lower", "negative"),
    ("unit", put(["controls", 1, "unit"], "bohr"), "/controls/1/unit", "degree"),
    ("odd spin", put(["spin"], 1), "/spin", "0, 2"),
    ("too many unpaired", put(["spin"], 6), "/charge", "at most"),
    ("no electron", put(["charge"], 10), "/charge", "at most 9"),
    ("too many electrons", put(["charge"], -6), "/charge", "at most 14"),
    ("basis", put(["basis"], "cc-pcvdz"), "/basis", "no H"),
    ("core", put(["frozen_core"], 5), "/frozen_core", "0 to 4"),
    ("core text", put(["frozen_core"], "yes"), "/frozen_core", "true, false, or"),
    ("mapping", put(["mapping"], "binary"), "/mapping", "bravyi_kitaev"),
    ("active mean", put(["active_space"], 4), "/active_space", "object"),
    (
        "active larger than the molecule",
        put(["active_space"], {"electrons": 8, "orbitals": 7}),
        "/active_space/orbitals",
        "1 of the molecule's 7 orbitals are frozen; allowed: 4 to 6",
    ),
    (
        "active too small",
        put(["active_space"], {"electrons": 8, "orbitals": 3}),
        "/active_space/orbitals",
        "need 4",
    ),
    (
        "active odd",
        put(["active_space"], {"electrons": 3, "orbitals": 3}),
        "/active_space/electrons",
        "paired",
    ),
    (
        "active and unpaired",
        {**WATER, "spin": 4, "active_space": {"electrons": 2, "orbitals": 4}},
        "/active_space/electrons",
        "4 are unpaired",
    ),
    (
        "active more electrons",
        put(["active_space"], {"electrons": 12, "orbitals": 7}),
        "/active_space/electrons",
        "1 to 10",
    ),
    (
        "active and core",
        {**WATER, "frozen_core": True, "active_space": {"electrons": 2, "orbitals": 2}},
        "/frozen_core",
        "already",
    ),
    ("xyz and atoms", {**WATER, "xyz": "1\n\nH 0 0 0"}, "/xyz", "one of"),
    ("xyz count", xyz("x\n\nH 0 0 0"), "/xyz", "number of atoms"),
    ("xyz huge count", xyz("9" * 5000 + "\n\nH 0 0 0"), "/xyz", "number of atoms"),
    ("xyz rows", xyz("2\n\nH 0 0 0"), "/xyz", "1 follow"),
    ("xyz element", xyz("1\n\nQq 0 0 0"), "/xyz", "line 3"),
    ("xyz nan", xyz("1\n\nH 0 0 nan"), "/xyz", "line 3"),
    ("xyz code", xyz("1\n\nH 0 0 exit()"), "/xyz", "line 3"),
    ("xyz bomb", xyz("1\n\n" + "H 0 0 0\n" * 10**6), "/xyz", "at most 10000"),
    ("xyz type", xyz({"a": 1}), "/xyz", "text"),  # type: ignore[arg-type]
    ("dump type", dump(7), "/fcidump", "text"),  # type: ignore[arg-type]
    ("dump empty", dump(""), "/fcidump", "namelist"),
    ("dump bomb", dump(DUMP + "0.1 1 1 1 1\n" * 10**6), "/fcidump", "1000000 characters"),
    ("dump repeated", dump(BOMB), "/fcidump", "no one-electron"),
    ("dump lines", dump(BOMB + "0 0 0 0 0\n"), "/fcidump", "at most 15000"),
    ("dump header", dump("&FCI " + "NORB=" * 10**5 + "&END\n"), "/fcidump", "namelist"),
    ("dump orbitals", dump(DUMP.replace("NORB=2", "NORB=9999")), "/fcidump", "1 to 16"),
    ("dump electrons", dump(DUMP.replace("NELEC=2", "NELEC=5")), "/fcidump", "1 to 4"),
    ("dump spin", dump(DUMP.replace("MS2=0", "MS2=1")), "/fcidump", "MS2 = 1"),
    ("dump uhf", dump(DUMP.replace("ISYM=1", "IUHF=1")), "/fcidump", "restricted"),
    ("dump nan", dump(DUMP.replace("0.7138", "nan")), "/fcidump", "line 12"),
    ("dump overflow", dump(DUMP.replace("0.7138", "1e999")), "/fcidump", "line 12"),
    ("dump complex", dump(DUMP.replace("0.6636", "(0.6,0.1)")), "/fcidump", "line 7"),
    ("dump index", dump(DUMP.replace("2 2 0 0", "3 2 0 0")), "/fcidump", "NORB = 2"),
    ("dump pattern", dump(DUMP.replace("2 2 0 0", "2 0 2 0")), "/fcidump", "four, two"),
    ("dump asymmetric", dump(DUMP + "0.5 1 1 2 2\n0.4 2 2 1 1\n"), "/fcidump", "one value"),
    ("dump basis", dump(basis="sto-3g"), "/basis", "unknown field"),
    ("dump core", dump(frozen_core=True), "/frozen_core", "a number"),
    ("dump controls", dump(controls=[LENGTH]), "/controls", "an empty list"),
]


@pytest.mark.parametrize(
    ("document", "field", "match"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
def test_a_bad_molecule_is_refused_by_field_at_once(
    document: dict[str, Any], field: str, match: str
) -> None:
    with within(0.5), pytest.raises(ProgramRejected, match=match) as rejected:
        systems.load(document)
    assert rejected.value.field == field
    assert len(str(rejected.value)) < 500


@pytest.mark.parametrize(
    ("entry", "point", "match"),
    [
        ("r - r", [1.0, 90.0], "atoms 0 and 1"),
        ("1e4 * r", [1.0, 90.0], "up to 1000"),
        ("1 / (r - 1)", [1.0, 90.0], "up to 1000"),
        ("log(-r)", [1.0, 90.0], "up to 1000"),
    ],
)
def test_points_that_place_atoms_badly_are_named(
    entry: str, point: list[float], match: str
) -> None:
    document = put(X, entry)
    document["atoms"][1]["position"][2] = 0
    with pytest.raises(ProgramRejected, match=match) as rejected:
        molecule(document).check_points([[1.5, 90.0], point] if "1e4" not in entry else [point])
    assert rejected.value.field in {"/points/1", "/points/0"}
