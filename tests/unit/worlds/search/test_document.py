"""Documents of search worlds: errors by field, and round trips."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from qtwin.worlds.search import SearchWorld
from qtwin.worlds.search.actions import Asks
from tests.docs.fences import blocks
from tests.unit.fusion.synthetic import conditioned
from tests.unit.worlds.search.made import (
    DOCUMENT,
    changed,
    data,
    sampled,
    two_controls,
    world,
)

QPU, EXACT, CHEAP = DOCUMENT["sources"]


@pytest.mark.parametrize(
    ("document", "field", "message"),
    [
        (changed(kind="control"), "/kind", "'control'; allowed: search"),
        (changed(schema_version=2), "/schema_version", "allowed: 1"),
        (changed(colour="red"), "/colour", "unknown field 'colour'"),
        (changed(goal={}), "/goal/kind", "kind is missing"),
        (changed(goal={"kind": "ground", "tolerance": 1}), "/goal/kind", "allowed: minimum, max"),
        (changed(goal={"kind": "minimum"}), "/goal/tolerance", "tolerance is missing"),
        (changed(goal={"kind": "minimum", "tolerance": 0}), "/goal/tolerance", "a number above 0"),
        (
            changed(goal={"kind": "minimum", "tolerance": 1, "level": 2}),
            "/goal/level",
            "level = 2; allowed: none, for a minimum",
        ),
        (changed(goal={"kind": "target", "tolerance": 1}), "/goal/level", "level is missing"),
        (changed(budget="much"), "/budget", "budget = 'much'; allowed: a number above 0"),
        (changed(budget=0.5), "/budget", "1 or more, the cost of the cheapest ask"),
        (changed(sources=[]), "/sources", "a list of 1 to 32 entries"),
        (changed(sources=[{"name": "DMRG", "cost": 1}]), "/sources/0/name", "cheap, exact, qpu"),
        (changed(sources=[{**CHEAP, "role": "reference"}]), "/sources/0/role", "approximation"),
        (changed(sources=[EXACT, EXACT]), "/sources/1/name", "is source 0 already"),
        (changed(sources=[{"name": "exact"}]), "/sources/0/cost", "above 0, or a cost_per_shot"),
        (changed(sources=[{**EXACT, "cost": -1}]), "/sources/0/cost", "a number of 0 or more"),
        (changed(sources=[{**EXACT, "gain": 1}]), "/sources/0/gain", "none, but for a device"),
        (changed(sources=[{**QPU, "gain": 3}]), "/sources/0/gain", "1, the only one"),
        (changed(sources=[{**EXACT, "knobs": {"D": 4}}]), "/sources/0/knobs/D", "unknown field"),
        (
            changed(sources=[{"name": "qpu", "cost": 1}]),
            "/sources/0/measured_shots",
            "measured_shots is missing",
        ),
        (changed(sources=[{**QPU, "shot_std": 0}]), "/sources/0/shot_std", "a number above 0"),
        (changed(shots=[]), "/shots", "a list of 1 to 16 entries"),
        (changed(shots=[100, 0]), "/shots/1", "0 is not allowed"),
        (changed(sources=[EXACT]), "/shots", "an empty list"),
        (changed(steps=0), "/steps", "an integer from 1 to 256"),
        (changed(grid=600), "/grid", "an integer from 9 to 500"),
        (changed(truths=0), "/truths", "an integer from 1 to 100000"),
        (changed(cost_weight=float("nan")), "/cost_weight", "a number of 0 or more"),
        (changed(seed=-1), "/seed", "an integer from 0"),
    ],
)
def test_what_is_wrong_is_named(document: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(ProgramRejected, match=message.replace("(", r"\(")) as refused:
        SearchWorld.of(sampled(), document)
    assert refused.value.field == field


def test_a_transition_takes_one_control() -> None:
    body = {**two_controls().to_dict(), "goal": {"kind": "transition", "tolerance": 0.1}}
    with pytest.raises(ProgramRejected, match="the twin has 2 controls") as refused:
        SearchWorld.of(two_controls().fit, body)
    assert refused.value.field == "/goal/kind"


@pytest.mark.parametrize("made", [world, two_controls], ids=["one control", "two controls"])
def test_the_document_of_a_world_makes_it_again(made: Any) -> None:
    again = SearchWorld.of(made().fit, made().to_dict())
    assert again.to_dict() == made().to_dict()
    assert np.array_equal(again.prior.draws, made().prior.draws)


@pytest.mark.parametrize("references", [0, 2], ids=["unanchored", "two references"])
def test_a_reference_that_has_not_run_can_be_asked_and_sees_the_truth(references: int) -> None:
    fresh = {"name": "DMRG", "role": "reference", "cost": 15.0}
    made = SearchWorld.of(sampled(references), changed(sources=[CHEAP, fresh], shots=[]))
    grid = len(made.grid)
    truth, answers = made.prior.draws[:, :grid], made.prior.draws[:, 2 * grid :]
    np.testing.assert_allclose(answers, truth, atol=1e-3)


@pytest.mark.parametrize("made", [world, two_controls], ids=["one control", "two controls"])
def test_actions_mean_the_asks_that_they_were_made_from(made: Any) -> None:
    code = made().actions
    rng = np.random.default_rng(0)
    asks = Asks(
        point=rng.integers(len(code.grid), size=50),
        way=rng.integers(code.ways, size=50),
        shots=rng.integers(code.shots, size=50),
        stop=rng.integers(2, size=50).astype(bool),
    )
    again = code.decode(code.checked(code.encode(asks), 50))
    for name in ("point", "way", "shots", "stop"):
        assert np.array_equal(getattr(asks, name), getattr(again, name)), name


def test_the_document_of_the_page_makes_a_world() -> None:
    (example,) = blocks("search-worlds.md", "python")
    told: dict[str, Any] = {}
    exec(example, told)  # the page's own words
    named = {"exact": "fci", "qpu": "vqe-noisy"}
    specs = tuple(replace(s, name=named.get(s.name, s.name)) for s in data().sources)
    made = SearchWorld.of(conditioned(replace(data(), sources=specs)), told["document"])
    assert [way.name for way in made.ways] == ["fci", "vqe-noisy", "mp2"]
    assert made.steps == 64
