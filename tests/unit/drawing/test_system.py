"""A system is drawn whole, within its picture, and what users wrote stays text."""

from __future__ import annotations

import math
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from backends import systems
from backends.systems import FermiHubbard, Molecule, RydbergArray, SpinLattice
from qtwin.drawing.element import Element, element
from qtwin.drawing.figure import Figure
from qtwin.drawing.radii import COVALENT
from qtwin.drawing.system import system_figure
from tests.unit.drawing.documents import ARRAYS, BENZENE, EVERY, LATTICES, WATER


def name(document: dict[str, Any]) -> str:
    return f"{document['kind']}-{document.get('geometry', '')}"


def svg(figure: Figure) -> Element:
    assert figure.svg is not None
    return figure.svg


@pytest.mark.parametrize("document", EVERY, ids=name)
def test_everything_lies_within_the_picture(document: dict[str, Any]) -> None:
    figure = system_figure(document)
    assert figure.facts
    if figure.svg is None:
        assert document["kind"] == "parametric_circuit" or "fcidump" in document
        return
    width, height = float(figure.svg.get("width")), float(figure.svg.get("height"))
    box = ElementTree.fromstring(str(figure.svg)).attrib["viewBox"].split()
    assert [float(side) for side in box] == pytest.approx([0, 0, width, height], abs=0.01)
    for circle in figure.svg.find("circle"):
        if circle.get("class") == "blockade":
            continue  # it may be larger than the array
        x, y, r = (float(circle.get(key)) for key in ("cx", "cy", "r"))
        assert r <= x <= width - r
        assert r <= y <= height - r
    for path in figure.svg.of_class("lattice-bond"):
        for x, y in reached(str(path.get("d"))):
            assert 0 <= x <= width
            assert 0 <= y <= height


def reached(path: str) -> list[tuple[float, float]]:
    """Ends of the lines of a path, and the tops of its curves."""
    found = []
    for part in path.split("M")[1:]:
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", part)]
        places = [*zip(numbers[::2], numbers[1::2], strict=True)]
        if "Q" in part:
            (x0, y0), (x1, y1), (x2, y2) = places
            places[1] = ((x0 + 2 * x1 + x2) / 4, (y0 + 2 * y1 + y2) / 4)
        found += places
    return found


@pytest.mark.parametrize("document", EVERY, ids=name)
def test_each_atom_site_and_bond_is_drawn_once(document: dict[str, Any]) -> None:
    system = systems.load(document)
    picture = system_figure(document).svg
    if isinstance(system, SpinLattice | FermiHubbard):
        assert picture is not None
        assert len([*picture.of_class("site")]) == system.lattice.sites
        nearest = [
            one for one in picture.of_class("lattice-bond") if "second" not in str(one.get("class"))
        ]
        assert len(nearest) == len(system.lattice.bonds)
    elif isinstance(system, RydbergArray):
        assert picture is not None
        assert len([*picture.of_class("rydberg-atom")]) == system.qubits
        assert len([*picture.of_class("lattice-bond")]) == len(system.geometry.bonds)
    elif isinstance(system, Molecule) and system.atoms:
        assert picture is not None
        assert len([*picture.of_class("atom")]) == len(system.atoms)


@pytest.mark.parametrize(("document", "bonds"), [(WATER, 2), (BENZENE, 12)])
def test_bonds_of_known_molecules(document: dict[str, Any], bonds: int) -> None:
    figure = system_figure(document)
    assert len([*svg(figure).of_class("bond")]) == bonds
    assert len(figure.sheets[1].rows) == bonds
    assert {row[3] for row in figure.sheets[1].rows} == {"yes"}


def test_parts_that_came_apart_are_joined_by_a_dashed_line_with_their_distance() -> None:
    apart = {**WATER, "controls": [
        {"name": "r", "unit": "angstrom", "lower": 3.0, "upper": 5.0},
        {"name": "angle", "unit": "degree", "lower": 89.0, "upper": 91.0},
    ]}  # fmt: skip
    figure = system_figure(apart)
    assert len([*svg(figure).of_class("stretched")]) == 2
    assert "4.00 Å" in str(figure.svg)
    assert "r 4 Å, angle 90°: the middle of the ranges" in figure.notes[0]


def test_a_nearer_atom_looks_larger_and_lies_in_front() -> None:
    picture = svg(system_figure(BENZENE))
    carbons = [*picture.of_class("atom-C")]
    radii = [float(next(one.find("circle")).get("r")) for one in carbons]
    assert radii == sorted(radii)
    assert radii[-1] > 1.02 * radii[0]


def test_all_elements_have_a_covalent_radius() -> None:
    from backends.systems.elements import ELEMENTS

    assert list(COVALENT) == list(ELEMENTS)


def test_a_square_array_is_to_scale() -> None:
    picture = svg(system_figure(ARRAYS[2]))
    atoms = [next(one.find("circle")) for one in picture.of_class("rydberg-atom")]
    x = [float(one.get("cx")) for one in atoms]
    bar = next(picture.of_class("scale-bar"))
    begin, end = re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", str(bar.get("d")))[0]
    said = re.search(r">(\d+) µm<", str(picture))
    assert said is not None
    per_um = (float(end) - float(begin)) / float(said[1])
    assert x[1] - x[0] == pytest.approx(5.5 * per_um, rel=0.01)


def test_a_pulse_is_drawn_to_its_end_beside_the_array() -> None:
    driven = next(document for document in EVERY if isinstance(document.get("rabi"), dict))
    figure = system_figure(driven)
    paths = [str(one.get("d")) for one in svg(figure).of_class("pulse")]
    height = float(svg(figure).get("height"))
    assert len(paths) == 2
    for path in paths:
        assert all(0 < y < height for _, y in reached(path.replace("L", " ")))
    assert [row[1] for row in figure.sheets[1].rows] == [0.0, 0.3, 2.7, 3.0] * 2
    assert [row[2] for row in figure.sheets[1].rows] == [0, 15, 15, 0, -30, -30, 15, 15]
    assert "Final detuning 15 rad/µs" in figure.notes[0]


def test_the_blockade_radius_is_where_the_interaction_equals_the_drive() -> None:
    figure = system_figure(ARRAYS[1])
    radius = (5.42e6 / 15.0) ** (1 / 6)
    assert math.isclose(5.42e6 / radius**6, 15.0)
    assert f"blockade radius {radius:.3g} µm" in figure.notes[0]


@pytest.mark.parametrize("document", LATTICES, ids=name)
def test_neighbours_are_drawn_at_one_distance(document: dict[str, Any]) -> None:
    system = systems.load(document)
    assert isinstance(system, SpinLattice)
    circles = [next(one.find("circle")) for one in svg(system_figure(document)).of_class("site")]
    at = [(float(c.get("cx")), float(c.get("cy"))) for c in circles]
    lengths = [math.dist(at[i], at[j]) for i, j in system.lattice.bonds]
    if not system.lattice.periodic:
        assert max(lengths) == pytest.approx(min(lengths), rel=1e-3)
    closing = sum(length > 1.01 * min(lengths) for length in lengths)
    assert closing == len([*svg(system_figure(document)).of_class("closing")])


def test_what_users_wrote_is_text() -> None:
    wicked = "<script>alert(1)</script>"
    document = {**WATER, "controls": [{**c, "label": wicked} for c in WATER["controls"]]}
    figure = system_figure(document)
    assert wicked in figure.notes[0]  # a template escapes it
    assert "<script" not in str(figure.svg)
    assert str(element("text", wicked, class_='"><b')) == (
        '<text class="&quot;&gt;&lt;b">&lt;script&gt;alert(1)&lt;/script&gt;</text>'
    )
    ElementTree.fromstring(str(element("text", "a\x00b\x1bc")))
