"""Conditions on the results of earlier steps, read without ``eval``.

Comparisons (``< <= > >= == !=``, chains too) of arithmetic expressions as systems write them,
joined by ``and``, ``or``, ``not`` and parentheses. A comparison with a number that was not measured
is neither true nor false, and a condition that is not true does not hold.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

import numpy as np

from backends.errors import ProgramRejected
from backends.systems.expression import Expression

MOST_CHARACTERS = 400
MOST_COMPARISONS = 20
ALLOWED = "allowed: comparisons of arithmetic expressions, and, or, not, parentheses"

Facts = Mapping[str, float]
Truth = bool | None
_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as it was written, and how to decide it."""

    text: str
    _decide: Callable[[Facts], Truth]

    @classmethod
    def parse(cls, text: str, names: Sequence[str], *, at: str) -> Condition:
        """Read a condition.

        Args:
            names: Numbers that it may use.
            at: JSON pointer of the condition, for the error.

        Raises:
            ProgramRejected: Says what is wrong with it and what is allowed.
        """
        if len(text) > MOST_CHARACTERS:
            raise ProgramRejected(
                f"{len(text)} characters; allowed: at most {MOST_CHARACTERS}", field=at
            )
        source = " ".join(text.split())
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(source, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            _refuse(text, at)
        if sum(isinstance(node, ast.Compare) for node in ast.walk(tree)) > MOST_COMPARISONS:
            raise ProgramRejected(f"allowed: at most {MOST_COMPARISONS} comparisons", field=at)
        return cls(text, _Reader(source, names, at).read(tree))

    def holds(self, facts: Facts) -> bool:
        """Whether it is true of these numbers; NaN stands for one that was not measured."""
        return self._decide(facts) is True


@dataclass(frozen=True, slots=True)
class _Reader:
    source: str
    names: Sequence[str]
    at: str

    def read(self, node: ast.expr) -> Callable[[Facts], Truth]:
        if isinstance(node, ast.BoolOp):
            parts = [self.read(value) for value in node.values]
            return partial(_all if isinstance(node.op, ast.And) else _any, parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return partial(_negated, self.read(node.operand))
        if not isinstance(node, ast.Compare):
            _refuse(self.source, self.at)
        return self._comparison(node)

    def _comparison(self, node: ast.Compare) -> Callable[[Facts], Truth]:
        sides = [self._side(side) for side in (node.left, *node.comparators)]
        if not all(type(op) in _COMPARE for op in node.ops):
            _refuse(self.source, self.at)
        links = zip(node.ops, sides, sides[1:], strict=False)
        return partial(_all, [partial(_compared, type(op), a, b) for op, a, b in links])

    def _side(self, node: ast.expr) -> Expression:
        text = ast.get_source_segment(self.source, node) or ""
        number = _number(text)
        return Expression.parse(text if number is None else number, self.names, at=self.at)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _refuse(text: str, at: str) -> NoReturn:
    raise ProgramRejected(f"{text[:80]!r} is no condition; {ALLOWED}", field=at)


def _compared(op: type[ast.cmpop], left: Expression, right: Expression, facts: Facts) -> Truth:
    columns = {name: np.array([value], dtype=np.float64) for name, value in facts.items()}
    a, b = (float(side.values(columns, 1)[0]) for side in (left, right))
    return None if math.isnan(a) or math.isnan(b) else _COMPARE[op](a, b)


def _all(parts: Sequence[Callable[[Facts], Truth]], facts: Facts) -> Truth:
    found = [part(facts) for part in parts]
    return False if False in found else None if None in found else True


def _any(parts: Sequence[Callable[[Facts], Truth]], facts: Facts) -> Truth:
    found = [part(facts) for part in parts]
    return True if True in found else None if None in found else False


def _negated(part: Callable[[Facts], Truth], facts: Facts) -> Truth:
    found = part(facts)
    return None if found is None else not found
