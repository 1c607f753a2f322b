"""The documented systems load, and every kind is documented."""

from __future__ import annotations

import json
from pathlib import Path

from backends import systems
from tests.docs.fences import blocks

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "systems.md").read_text()
EXAMPLES = [json.loads(block) for block in blocks("systems.md", "json")]


def test_every_kind_of_system_has_an_example_that_loads() -> None:
    loaded = [systems.load(example) for example in EXAMPLES]
    assert {system.kind for system in loaded} == set(systems.KINDS)


def test_the_page_names_every_observable() -> None:
    for example in EXAMPLES:
        for observable in systems.load(example).observables:
            assert f"`{observable.name}`" in PAGE
