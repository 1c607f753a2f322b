"""Answers that are kept."""

from __future__ import annotations

from functools import partial

import pytest

from qtwin.web.kept import Kept


def fails() -> str:
    raise LookupError


def test_an_answer_is_made_once_and_the_one_longest_unasked_goes_first() -> None:
    kept: Kept[str] = Kept(2)
    assert [kept.get(key, partial(str, key)) for key in "aba"] == ["a", "b", "a"]
    kept.get("c", lambda: "c")
    assert kept.get("a", fails) == "a"
    with pytest.raises(LookupError):
        kept.get("b", fails)
    assert kept.get("b", lambda: "new") == "new"
