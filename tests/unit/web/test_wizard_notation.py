"""How parts of systems are typed, as the documentation shows it, and back again."""

from __future__ import annotations

import math
from typing import Any

import pytest

from backends import registry, systems
from backends.schema import Experiment, RunOptions
from qtwin.projects.templates import TEMPLATES
from qtwin.web.wizard import notation
from tests.docs.fences import blocks


def block(name: str) -> str:
    (text,) = blocks("projects.md", "text", name)
    return text.strip()


def test_atoms_are_those_of_water() -> None:
    atoms = notation.atoms_read(block("atoms"))
    assert atoms == TEMPLATES["water"].system["atoms"]
    assert notation.atoms_read(notation.atoms_shown(atoms)) == atoms
    assert list(dict.fromkeys(notation.names_in(atoms))) == ["r", "angle"]


def test_an_xyz_file_is_read_too() -> None:
    atoms = notation.atoms_read("2\nhydrogen\nH 0 0 0\nH 0 0 0.74\n")
    assert [atom["position"][2] for atom in atoms] == [0, 0.74]


def test_a_drive_has_times_and_values() -> None:
    wave = notation.wave_read(block("wave"))
    assert wave == {"times": [0, 0.3, 2.7, 3], "values": [0, 15, 15, 0]}
    assert notation.wave_read(notation.wave_shown(wave)) == wave
    assert notation.wave_read("2 * omega") == "2 * omega"


def test_terms_and_observables_make_a_system() -> None:
    document: dict[str, Any] = {
        "kind": "pauli_sum",
        "schema_version": 1,
        "qubits": 3,
        "terms": notation.terms_read(block("terms")),
        "observables": notation.own_read(block("own")),
        "controls": [{"name": "field", "unit": "dimensionless", "lower": 0.0, "upper": 2.0}],
    }
    system = systems.load(document)
    assert document["terms"] == {"Z0 Z1": -1, "X0": "-field", "Y0 Z1 Y2": 0.5}
    assert [spec.name for spec in system.observables][-2:] == ["correlation", "all_down"]
    assert notation.own_read(notation.own_shown(document["observables"])) == document["observables"]
    assert notation.terms_read(notation.terms_shown(document["terms"])) == document["terms"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Z0 - 0.5 * X1", {"Z0": 1.0, "X1": -0.5}),
        ("-Z0", {"Z0": -1.0}),
        ("1e-3 * ZZ + (a - b) * XX", {"ZZ": 0.001, "XX": "a - b"}),
        ("sin(a + b) * ZZ - a * XX", {"ZZ": "sin(a + b)", "XX": "-(a)"}),
    ],
)
def test_sums_are_split_outside_parentheses(text: str, terms: dict[str, Any]) -> None:
    assert notation.terms_read(text) == terms


def test_the_ansatz_moves_two_electrons_as_its_closed_form_says() -> None:
    """exp(-i theta/2 X X X Y) turns 0011 into cos(theta/2) 0011 + sin(theta/2) 1100."""
    import numpy as np

    template = TEMPLATES["ansatz"]
    angles = np.array([[-2.0], [0.3], [1.0], [2.5]])
    asked = Experiment(
        system=template.system,
        method="circuit",
        controls=("theta",),
        points=angles,
        observables=("moved", "coherence"),
    )
    found = registry.get("cirq").submit(asked, RunOptions(), token="t")
    moved, coherence = found.values.T  # type: ignore[union-attr]  # it does not queue
    for row, (theta,) in enumerate(angles):
        assert moved[row] == pytest.approx(math.sin(theta / 2) ** 2, abs=1e-6)
        assert abs(coherence[row]) == pytest.approx(abs(math.sin(theta)), abs=1e-6)
