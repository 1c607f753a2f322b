"""Expressions of controls: what they are worth, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from backends.errors import ProgramRejected
from backends.systems.expression import Expression
from tests.thread_seconds import within

NAMES = ("r", "angle")


def value(source: Any, **at: float) -> float:
    columns = {name: np.array([number]) for name, number in at.items()}
    return float(Expression.parse(source, NAMES, at="/x").values(columns, 1)[0])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (3, 3.0),
        ("2", 2.0),
        ("1 + 2*3", 7.0),
        ("2**3**2", 512.0),
        ("-2**2", -4.0),
        ("r*cos(angle*pi/180)", 1.5 * math.cos(math.radians(104.5))),
        ("sqrt(r) - arcsin(1/2)", math.sqrt(1.5) - math.asin(0.5)),
        (" -r/2 ", -0.75),
    ],
)
def test_it_is_arithmetic(source: Any, expected: float) -> None:
    assert value(source, r=1.5, angle=104.5) == pytest.approx(expected, abs=1e-15)


def test_it_works_on_columns() -> None:
    radii = np.array([1.0, 2.0, 4.0])
    expression = Expression.parse("1/r", NAMES, at="/x")
    np.testing.assert_array_equal(expression.values({"r": radii}, 3), 1 / radii)
    assert expression.names == {"r"}
    assert Expression.parse(2, NAMES, at="/x").values({}, 3).tolist() == [2, 2, 2]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "r +",
        "x",
        "sin",
        "sin(r, r)",
        "sin(r=1)",
        "eval(r)",
        "__import__('os')",
        "r.real",
        "r[0]",
        "'a'",
        "True",
        "1j",
        "1e999",
        "1/0",
        "lambda: 1",
        "r if r else 1",
        "r < 1",
        "r // 2",
        "r % 2",
        "[r]",
        "f'{r}'",
        "(r := 1)",
        "pi(r)",
        "r(1)",
        "9**9**9",
        "(" * 90 + "r" + ")" * 90 + "(" * 90,
        "-" * 199 + "r",
        "r" * 201,
        "+".join("r" * 100),
        "r\0",
        None,
        True,
        float("nan"),
        float("inf"),
        ["r"],
        {"r": 1},
    ],
)
def test_anything_else_is_refused_at_once(source: Any) -> None:
    with within(0.5), pytest.raises(ProgramRejected, match="allowed: ") as rejected:
        Expression.parse(source, NAMES, at="/atoms/0/position/2")
    assert rejected.value.field == "/atoms/0/position/2"


def test_where_it_is_not_defined_it_is_not_finite() -> None:
    expression = Expression.parse("log(r)", NAMES, at="/x")
    assert not np.isfinite(expression.values({"r": np.array([0.0, -1.0])}, 2)).any()
