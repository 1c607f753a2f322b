"""The document of a mitigation world."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from backends.systems.document import Document
from qtwin.worlds.documents import load
from qtwin.worlds.mitigation.world import read
from qtwin.worlds.posterior import Posterior
from tests.docs.fences import blocks
from tests.unit.worlds.mitigation.devices import DOCUMENT, posterior, world


def test_a_document_is_written_as_it_was_read() -> None:
    full = world(gains=[1, 1.5, 4], circuits=[2, 8], steps=5, prices={"circuit": 10}).to_dict()
    assert full["gains"] == [1.0, 1.5, 4.0]
    assert full["prices"] == {"shot": 1.0, "circuit": 10.0, "by_gain": True}
    again = load(full, posterior())
    assert again.to_dict() == full
    assert again.kind == "mitigation"


@pytest.mark.parametrize(
    ("change", "field", "match"),
    [
        ({"target": 0}, "/target", "target = 0; allowed: more than 0"),
        ({"target": None}, "/target", "missing"),
        ({"target": 1e-4}, "/target", "below what the device's scale leaves open"),
        ({"budget": 10}, "/budget", "pays for no measurement; allowed: at least 200"),
        ({"gains": [1, 3, 3]}, "/gains/2", "3; allowed: 1 to 99, ascending"),
        ({"gains": [0.5]}, "/gains/0", "0.5; allowed: 1 to 99"),
        ({"gains": []}, "/gains", "a list of 1 to 16"),
        ({"shots": [10, 5]}, "/shots/1", "5; allowed: an integer from 10"),
        ({"shots": [0, 5]}, "/shots/0", "0; allowed: an integer from 1"),
        ({"circuits": [1.5, 5]}, "/circuits/0", "1.5; allowed: an integer"),
        ({"circuits": ["a", 5]}, "/circuits/0", "'a'; allowed: an integer"),
        ({"steps": 0}, "/steps", "steps = 0; allowed: an integer from 1 to 1000"),
        ({"penalty": -1}, "/penalty", "penalty = -1; allowed: at least 0"),
        ({"prices": {"shot": 0}}, "/prices/shot", "shot = 0; allowed: more than 0"),
        ({"prices": {"shots": 1}}, "/prices/shots", "unknown field"),
        ({"goal": 1}, "/goal", "unknown field 'goal'; allowed: kind"),
        ({"schema_version": 2}, "/schema_version", "allowed: 1"),
    ],
)
def test_a_bad_document_is_refused_by_field(change: dict[str, Any], field: str, match: str) -> None:
    with pytest.raises(ProgramRejected, match=match) as refused:
        world(**change)
    assert refused.value.field == field


def test_only_devices_will_do() -> None:
    with pytest.raises(ProgramRejected, match="no device; allowed: one of a star twin"):
        read(Document(DOCUMENT), None)
    other = Posterior(names=("value",), units=("1",), draws=np.ones((2, 1)), nominal=np.ones(1))
    with pytest.raises(ProgramRejected, match="parameter 'mixed_value' is missing"):
        read(Document(DOCUMENT), other)


def test_the_example_of_the_page_is_a_world() -> None:
    (example,) = blocks("mitigation-worlds.md", "json")
    document = json.loads(example)
    made = load(document, posterior())
    assert made.to_dict()["device"] == document["device"]
    assert made.to_dict()["target"] == 0.02
