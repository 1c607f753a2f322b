"""Answers that are kept."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.template import engines

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


def test_a_part_of_a_page_is_written_once_for_what_decides_it() -> None:
    page = engines["django"].from_string(
        '{% load kept %}{% kept "parts/twin/trust.html" fit_key visitor %}'
    )
    words: dict[str, Any] = {
        "versions": {"number": 7},
        "disagreements": [{"label": "HF & more", "what": "", "by": "4.0", "jobs": []}],
    }

    def written(**more: Any) -> str:
        return str(page.render({**words, **more}))

    first = written(fit_key=("a", 1))
    assert "HF &amp; more" in first
    assert "version 7" in first
    words["versions"] = {"number": 8}
    assert written(fit_key=("a", 1)) == first
    assert "version 8" in written(fit_key=("a", 2))
    assert "version 8" in written(fit_key=("a", 1), visitor=True)
    assert "version 8" in written()
