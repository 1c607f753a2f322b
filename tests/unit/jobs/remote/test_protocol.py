"""Every order of kills, naps and losses buys at most one run; with any guard off, some buy two."""

from __future__ import annotations

import pytest

from tests.unit.jobs.remote.protocol import bills
from tests.unit.jobs.remote.protocol.explore import explore
from tests.unit.jobs.remote.protocol.world import Rules

SOUND = {
    "tokens": Rules(),
    "tags only": Rules(tokens=False),
    "turned off and on": Rules(switches=2, naps=1, losses=1),
    "tags only, turned off and on": Rules(tokens=False, switches=2, naps=1, losses=1),
    "tags only, and a person releases": Rules(tokens=False, releases=1, naps=1, losses=1),
}

MUTANTS = {
    "a fresh token per try": (Rules(stable_token=False), "bought twice"),
    "no fence": (Rules(fence=False), "bought twice"),
    "automatic resubmission without tokens": (Rules(tokens=False, resubmit=True), "bought twice"),
    "a refused repetition counts as proof": (Rules(doubt=False), "bought twice"),
    "sent before the intent": (Rules(intent=False), "sent before the intent"),
    "released without quarantine": (
        Rules(tokens=False, releases=1, quarantine=False),
        "bought twice",
    ),
    "a switch that nobody heeds": (Rules(switches=1, heed=False), "sent while it is off"),
    "nobody takes over": (Rules(resume=False), "lost"),
}


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_bought_twice_or_lost(name: str) -> None:
    worlds, broken = explore(SOUND[name])
    assert not broken, {what: trace[-3:] for what, trace in broken.items()}
    assert worlds > 5000, "the model explores too little to mean anything"


@pytest.mark.parametrize("name", MUTANTS)
def test_a_missing_guard_is_found(name: str) -> None:
    rules, breaks = MUTANTS[name]
    _, broken = explore(rules, until=breaks)
    assert breaks in broken


def test_books_never_return_to_an_older_bill_and_the_last_look_makes_them_right() -> None:
    reached = bills.explore(fence=True)
    assert len(reached) > 500, "the model explores too little to mean anything"
    assert not any(books.went_back for books in reached)
    assert all(bills.settles(books) for books in reached)
    assert any(books.went_back for books in bills.explore(fence=False))
