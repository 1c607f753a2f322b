"""Whom a text names."""

from __future__ import annotations

from uuid import UUID

import pytest

from qtwin.accounts.models import User
from qtwin.comments.people import read, unknown, written

PEOPLE = [
    User(pk=UUID(int=1), name="Ada", email="ada@example.org"),
    User(pk=UUID(int=2), name="Ada Lovelace", email="lovelace@example.org"),
    User(pk=UUID(int=3), name="Bo", email="bo@example.org"),
    User(pk=UUID(int=4), name="Twin", email="t1@example.org"),
    User(pk=UUID(int=5), name="Twin", email="t2@example.org"),
    User(pk=UUID(int=6), name="Žofia Ö'Neill", email="z+q@example.org"),
]
NAMES = {person.pk: person.name for person in PEOPLE}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Ada look", {1}),
        ("@ada lovelace, look", {2}),
        ("(@lovelace@example.org)", {2}),
        ("@Bo. @BO! @bo@example.org", {3}),
        ("@Žofia Ö'Neill?", {6}),
        ("@z+q@example.org", {6}),
        ("mail ada@Ada", set()),
        ("@Adam and @Bob", set()),
        ("@bo@example.org.evil", set()),
        ("`@Ada` and\n```\n@Bo\n```", set()),
        ("@Twin", set()),
        ("@t2@example.org", {5}),
        ("@@Ada", set()),
    ],
)
def test_a_text_names_those_whose_name_or_address_it_has(text: str, named: set[int]) -> None:
    found = read(text, PEOPLE)
    assert {person.int for person in found.named} == named
    if not named:
        assert found.text == text


def test_what_is_typed_again_is_what_was_stored() -> None:
    stored = read("see @Ada Lovelace: @ADA", PEOPLE)
    typed = written(stored.text, NAMES)
    assert typed == "see @Ada Lovelace: @Ada"
    assert read(typed, PEOPLE) == stored


def test_nobody_learns_a_name_by_an_id() -> None:
    found = read(f"@[{UUID(int=1)}] @Bo", PEOPLE)
    assert found.named == {UUID(int=3)}
    assert written(found.text, NAMES) == f"@({UUID(int=1)}) @Bo"


def test_words_that_name_nobody_are_told() -> None:
    stored = read("@Ada @bob, @Twin. and @x@y.org but not `@code` or a@b.org", PEOPLE)
    assert unknown(stored.text) == ["bob", "Twin", "x@y.org"]
