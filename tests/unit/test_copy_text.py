"""Values as COPY reads them, by the rules of PostgreSQL's manual."""

from __future__ import annotations

from decimal import Decimal
from itertools import repeat
from typing import Any
from uuid import UUID

import pytest

from qtwin import copy_text

KEY = UUID(int=1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, r"\N"),
        (r"\N", r"\\N"),
        ("a\tb\nc\rd\\", r"a\tb\nc\rd\\"),
        ("", ""),
        (True, "t"),
        (7, "7"),
        (-1e-300, "-1e-300"),
        (KEY, "00000000-0000-0000-0000-000000000001"),
        (Decimal("0.10"), "0.10 by the driver"),
    ],
)
def test_a_value(value: Any, expected: str) -> None:
    def dump(one: Any) -> str:
        return f"{one} by the driver"

    assert copy_text.text(value, dump) == expected
    assert list(copy_text.texts([value, value], dump)) == [expected, expected]
    assert list(copy_text.texts([value, None], dump)) == [expected, copy_text.NULL]


def test_a_null_of_the_drivers() -> None:
    assert copy_text.text(Decimal(0), lambda _: None) == copy_text.NULL


def test_rows_come_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_text, "ROWS", 2)
    assert list(copy_text.rows([["a", "b", "c"], repeat("1", 3)])) == ["a\t1\nb\t1\n", "c\t1\n"]
    assert not list(copy_text.rows([[], []]))
