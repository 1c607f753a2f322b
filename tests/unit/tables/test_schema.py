"""The published schema of SPEC.json says what the reader says."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.unit.tables.bad_files import BAD, Bad
from tests.unit.tables.files import SPEC, changed

SCHEMA = json.loads(files("qtwin.tables").joinpath("spec.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

BEYOND = ("No such file", "not JSON", "nested", "given twice", "lower below", "one noise gain")
"""What no schema of a document can say, or this one says in its description."""


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert VALIDATOR.is_valid(SPEC)


def documents() -> list[Any]:
    found = []
    for bad in BAD:
        file, _, _, place, sentence = bad
        beyond = any(word in sentence for word in BEYOND) or place.endswith("/knobs/r)")
        if file == "spec" and not beyond:
            found.append(pytest.param(bad, id=f"{place} {sentence}"))
    return found


@pytest.mark.parametrize("bad", documents())
def test_what_the_reader_refuses_the_schema_refuses(bad: Bad) -> None:
    file, old, new, _, _ = bad
    text = changed(file, old, new)
    assert text is not None
    document = json.loads(text, parse_constant=str)  # NaN is no number in JSON
    assert not VALIDATOR.is_valid(json.loads(json.dumps(document).replace("Infinity", "1e999")))
