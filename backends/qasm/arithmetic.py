"""Arithmetic of a program: read into postfix order, evaluated with a stack, never recursively.

Values are integers, numbers, or arrays with one number per point, shape ``(P,)``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from backends.qasm.reader import Reader
from backends.qasm.tokens import QasmError, shown
from backends.schema.experiment import FloatArray

Value: TypeAlias = "int | float | FloatArray"

MOST_INTEGER = 2**53
CONSTANTS = {
    "pi": math.pi,
    "π": math.pi,
    "tau": math.tau,
    "τ": math.tau,
    "euler": math.e,
    "ℇ": math.e,
}
FUNCTIONS = {
    "arccos": "arccos",
    "arcsin": "arcsin",
    "arctan": "arctan",
    "ceiling": "ceil",
    "cos": "cos",
    "exp": "exp",
    "floor": "floor",
    "log": "log",
    "sin": "sin",
    "sqrt": "sqrt",
    "tan": "tan",
}
"""Of each function its name in numpy."""
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "**": operator.pow,
}
# The language's order: ** before a sign, both before * / %, all before + -.
_RANKS = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "sign": 3, "**": 4}


class Item(NamedTuple):
    """One step of an evaluation: ``number``, ``name``, ``call``, ``sign`` or an operator."""

    kind: str
    value: Any = None


class Arithmetic(NamedTuple):
    """An expression in postfix order."""

    items: tuple[Item, ...]
    line: int


def read(reader: Reader) -> Arithmetic:
    """Read an expression up to the first token that cannot belong to it (shunting yard).

    Raises:
        QasmError: It is no expression.
    """
    output: list[Item] = []
    waiting: list[tuple[str, Any]] = []
    line = reader.line
    operand, opened = True, 0
    while True:
        sign = reader.peek().text
        if operand:
            operand, more = _operand(reader, output, waiting)
            opened += more
        elif sign == ")" and opened:
            reader.take()
            opened -= 1
            _close(waiting, output)
        elif sign in _OPERATORS:
            reader.take()
            rank = _RANKS[sign] + (sign == "**")
            while waiting and _RANKS.get(waiting[-1][0], 0) >= rank:
                _release(waiting, output)
            waiting.append((sign, None))
            operand = True
        else:
            break
    while waiting:
        if waiting[-1][0] == "(":
            raise QasmError(f"{shown(reader.peek().text)} instead of )", reader.line)
        _release(waiting, output)
    return Arithmetic(tuple(output), line)


def _operand(
    reader: Reader, output: list[Item], waiting: list[tuple[str, Any]]
) -> tuple[bool, int]:
    """Read one operand, or what may come before it.

    Returns:
        Whether an operand must still follow, and how many parentheses were opened.
    """
    token = reader.take()
    if token.text in {"+", "-"}:
        if token.text == "-":
            waiting.append(("sign", None))
        return True, 0
    if token.text == "(":
        waiting.append(("(", None))
        return True, 1
    if token.kind == "number":
        output.append(Item("number", _number(token.text, token.line)))
        return False, 0
    if token.kind == "word" and reader.peek().text == "(":
        if token.text not in FUNCTIONS:
            raise QasmError(
                f"{shown(token.text)} is no function; allowed: {', '.join(FUNCTIONS)}", token.line
            )
        reader.take()
        waiting.append(("(", token.text))
        return True, 1
    if token.kind != "word":
        raise QasmError(f"{shown(token.text)} where a number or a name is expected", token.line)
    output.append(Item("name", token.text))
    return False, 0


def evaluate(expression: Arithmetic, names: Mapping[str, Value]) -> Value:
    """Value of an expression; an array may hold numbers that are not finite.

    Raises:
        QasmError: A name is unknown, or a number is not finite or too large.
    """
    stack: list[Value] = []
    for kind, value in expression.items:
        if kind == "number":
            stack.append(value)
        elif kind == "name":
            stack.append(_named(value, names, expression.line))
        elif kind == "sign":
            stack[-1] = -stack[-1]
        elif kind == "call":
            stack[-1] = _called(value, stack[-1], expression.line)
        else:
            right = stack.pop()
            stack[-1] = _combined(kind, stack[-1], right, expression.line)
    return stack[0]


def integer(expression: Arithmetic, names: Mapping[str, Value], what: str) -> int:
    """Value of an expression that must be a whole number known without the inputs.

    Raises:
        QasmError: It is something else.
    """
    value = evaluate(expression, names)
    if not isinstance(value, int):
        raise QasmError(
            f"{what} is no whole number that is known beforehand; allowed: integers, constants and "
            "loop variables",
            expression.line,
        )
    return value


def _close(waiting: list[tuple[str, Any]], output: list[Item]) -> None:
    """Finish what a closing parenthesis ends."""
    while waiting[-1][0] != "(":
        _release(waiting, output)
    called = waiting.pop()[1]
    if called:
        output.append(Item("call", called))


def _release(waiting: list[tuple[str, Any]], output: list[Item]) -> None:
    output.append(Item(waiting.pop()[0]))


def _number(text: str, line: int) -> Value:
    plain = text.replace("_", "")
    value: Value = int(plain) if plain.isdigit() and len(plain) <= 20 else float(plain)
    return _bounded(value, line)


def _bounded(value: Value, line: int) -> Value:
    if isinstance(value, int) and abs(value) > MOST_INTEGER:
        raise QasmError("an integer beyond 2**53; allowed: -2**53 to 2**53", line)
    if isinstance(value, float) and not math.isfinite(value):
        raise QasmError(f"a number that is {value}; allowed: finite numbers", line)
    return value


def _named(name: str, names: Mapping[str, Value], line: int) -> Value:
    if name in names:
        return names[name]
    if name in CONSTANTS:
        return CONSTANTS[name]
    known = ", ".join([*list(names)[:20], "pi", "tau", "euler"])
    raise QasmError(f"{shown(name)} is not defined here; allowed: {known}", line)


def _combined(kind: str, left: Value, right: Value, line: int) -> Value:
    if isinstance(left, int) and isinstance(right, int):
        exact = _integers(kind, left, right, line)
        if exact is not None:
            return _bounded(exact, line)
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        with np.errstate(all="ignore"):
            several: FloatArray = _OPERATORS[kind](left, right)
        return several
    try:
        found = _OPERATORS[kind](float(left), float(right))
    except (ZeroDivisionError, OverflowError):
        found = math.nan
    return _bounded(math.nan if isinstance(found, complex) else found, line)


def _integers(kind: str, left: int, right: int, line: int) -> int | None:
    """An operation on integers; None where its value is no integer."""
    if kind in {"/", "%"}:
        if right == 0:
            raise QasmError("a division by 0; allowed: another divisor", line)
        if kind == "/" and left % right:
            raise QasmError(
                f"{left}/{right} of integers is rounded by the language; allowed: {left}.0/{right}",
                line,
            )
        return left // right if kind == "/" else left % right
    if kind == "**":
        small = right >= 0 and (abs(left) <= 1 or right * math.log2(abs(left)) <= 54)
        return int(left**right) if small else None
    return {"+": left + right, "-": left - right, "*": left * right}[kind]


def _called(name: str, value: Value, line: int) -> Value:
    """A function of an array, or of one number, whose value must then be finite."""
    with np.errstate(all="ignore"):
        found = getattr(np, FUNCTIONS[name])(value)
    return found if isinstance(found, np.ndarray) else _bounded(float(found), line)
