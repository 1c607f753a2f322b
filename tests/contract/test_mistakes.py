"""Slips in the documented systems are refused by the field in which they are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backends import systems
from backends.errors import ProgramRejected
from tests.docs.fences import blocks

EXAMPLES = [json.loads(block) for block in blocks("systems.md", "json")]
VALUES = (12.5, "nonsense", ["nonsense"], True)
FIELDS = [(example, name) for example in EXAMPLES for name in example]
NAMES = [f"{EXAMPLES.index(example)}-{example['kind']}-{name}" for example, name in FIELDS]


def refusal(document: dict[str, Any]) -> ProgramRejected:
    with pytest.raises(ProgramRejected) as refused:
        systems.load(document)
    return refused.value


@pytest.mark.parametrize(("example", "name"), FIELDS, ids=NAMES)
def test_a_value_of_another_kind_is_refused_by_its_field(
    example: dict[str, Any], name: str
) -> None:
    for value in VALUES:
        quantity = name in {"spacing", "rabi", "detuning"} and value == 12.5
        if type(value) is not type(example[name]) and not quantity:
            refused = refusal({**example, name: value})
            assert refused.field.startswith(f"/{name}")
            assert "allowed: " in str(refused)


@pytest.mark.parametrize(("example", "name"), FIELDS, ids=NAMES)
def test_a_misspelt_field_is_refused_by_that_name_or_the_one_that_is_missing(
    example: dict[str, Any], name: str
) -> None:
    document = {f"{key}s" if key == name else key: value for key, value in example.items()}
    refused = refusal(document)
    assert refused.field in {f"/{name}s", "/kind", "/schema_version", "/atoms"}
    assert refused.field[1:] in str(refused)
    assert "allowed: " in str(refused) or "is missing" in str(refused)


USED = {"controls", "parameters", "state", "detuning", "observables"}
"""Without them something else of the document has no meaning, or is used nowhere."""
DEFAULTS = {"active_space", "disorder", "electrons", "frozen_core", "mapping", "site_densities"}


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{i}-{e['kind']}" for i, e in enumerate(EXAMPLES)]
)
def test_a_missing_field_has_a_default_or_is_named(example: dict[str, Any]) -> None:
    for name in set(example) - USED - DEFAULTS:
        wanted = "atoms" if name in {"xyz", "fcidump"} else name
        refused = refusal({key: value for key, value in example.items() if key != name})
        assert refused.field == f"/{wanted}"
        assert str(refused).startswith(f"{wanted} is ")  # missing, or empty
    for name in set(example) & DEFAULTS:
        systems.load({key: value for key, value in example.items() if key != name})


@pytest.mark.parametrize(
    "example", [e for e in EXAMPLES if e.get("controls") and "qasm" not in e], ids=repr
)
def test_a_control_that_is_not_declared_is_named_with_those_that_are(
    example: dict[str, Any],
) -> None:
    first, *rest = example["controls"]
    refused = refusal({**example, "controls": [{**first, "name": "misspelt"}, *rest]})
    assert f"{first['name']!r}" in str(refused)
    assert "is no control; allowed: misspelt" in str(refused)


@pytest.mark.parametrize("name", ["lambda", "pi", "sin", "2r", "a b"])
def test_a_name_that_expressions_cannot_use_is_refused_as_a_control(name: str) -> None:
    example = EXAMPLES[0]
    refused = refusal({**example, "controls": [{**example["controls"][0], "name": name}]})
    assert (refused.field, repr(name) in str(refused)) == ("/controls/0/name", True)


def test_a_laser_without_a_detuning_is_resonant() -> None:
    example = next(e for e in EXAMPLES if isinstance(e.get("detuning"), float))
    bare = {key: value for key, value in example.items() if key != "detuning"}
    assert systems.load(bare) == systems.load({**bare, "detuning": 0.0})
    assert systems.load(systems.load(bare).to_dict()) == systems.load(bare)


@pytest.mark.parametrize(("frozen", "core"), [(False, 0), (0, 0), (1, 1), (2, 2), (True, 1)])
def test_frozen_orbitals_are_counted_or_the_cores(frozen: Any, core: int) -> None:
    """Beryllium hydride has one core orbital, and six electrons in all."""
    example = next(e for e in EXAMPLES if "xyz" in e)
    molecule = systems.load({**example, "frozen_core": frozen})
    assert isinstance(molecule, systems.Molecule)
    assert molecule.space.core == core
