"""Numbers and arithmetic expressions of controls, read without ``eval``.

The grammar is Python's arithmetic: numbers, names of controls, ``pi``, ``+ - * / **``, parentheses
and the functions of `FUNCTIONS` (angles in radians).
"""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from backends.errors import ProgramRejected
from backends.schema.experiment import FloatArray
from backends.systems.document import is_number, shown

MOST_CHARACTERS = 200
MOST_NODES = 120
FUNCTIONS = ("abs", "arccos", "arcsin", "arctan", "cos", "exp", "log", "sin", "sqrt", "tan")
"""Numpy has each by the same name."""
CONSTANTS = {"pi": math.pi}
RESERVED = (*FUNCTIONS, *CONSTANTS)
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
}
"""Names in numpy."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A number, or an arithmetic expression of controls.

    Attributes:
        source: What the document says, kept as it was written.
        names: Controls that occur in it.
    """

    source: float | str
    names: frozenset[str] = frozenset()
    _tree: Any = field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, entry: Any, controls: Sequence[str], *, at: str) -> Expression:
        """Read a JSON number or text.

        Args:
            controls: Names that may occur.
            at: JSON pointer of the entry, for the error.

        Raises:
            ProgramRejected: Says what is wrong with it and what is allowed.
        """
        if is_number(entry):
            return cls(float(entry))
        if not isinstance(entry, str):
            _refuse_kind(entry, controls, at)
        if len(entry) > MOST_CHARACTERS:
            _refuse(entry, f"at most {MOST_CHARACTERS} characters", controls, at)
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(entry.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            _refuse(entry, "numbers, + - * / ** and parentheses", controls, at)
        nodes = list(ast.walk(tree))
        if len(nodes) > MOST_NODES:
            _refuse(entry, f"at most {MOST_NODES} terms and operators", controls, at)
        called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            _check(node, entry, controls, at, called=id(node) in called)
        names = {node.id for node in nodes if isinstance(node, ast.Name)} & set(controls)
        expression = cls(entry, frozenset(names), tree)
        if not names and not np.isfinite(expression.constant):
            _refuse(entry, "a finite value", controls, at)
        return expression

    def has_number(self, number: float) -> bool:
        """Whether a number is written in it."""
        nodes = [] if self._tree is None else ast.walk(self._tree)
        return any(isinstance(node, ast.Constant) and node.value == number for node in nodes)

    @property
    def constant(self) -> float:
        """The value of an expression without names."""
        if self._tree is None:
            return float(self.source)
        return float(self.values({}, 1)[0])

    def values(self, columns: Mapping[str, FloatArray], rows: int) -> FloatArray:
        """Values at ``P`` points, shape ``(P,)``; not finite where it is not defined.

        Args:
            columns: For each control, its values, shape ``(P,)``.
            rows: P.
        """
        if self._tree is None:
            return np.full(rows, self.source, dtype=np.float64)
        with np.errstate(all="ignore"):
            found = np.asarray(_value(self._tree, columns), dtype=np.float64)
        return np.broadcast_to(found, (rows,)).copy()


def _refuse(entry: Any, allowed: str, controls: Sequence[str], at: str) -> NoReturn:
    raise ProgramRejected(
        f"{shown(entry)} is no expression; allowed: {allowed}, pi, {', '.join(FUNCTIONS)}, "
        + (", ".join(controls) or "no control is declared"),
        field=at,
    )


def _refuse_kind(entry: Any, controls: Sequence[str], at: str) -> NoReturn:
    if entry is None:
        missing = f"{at.rpartition('/')[2]} is missing; allowed: a number or an expression"
        raise ProgramRejected(missing, field=at)
    _refuse(entry, "a finite number or an expression of controls", controls, at)


def _check_name(name: str, entry: str, controls: Sequence[str], at: str, *, called: bool) -> None:
    if name in (FUNCTIONS if called else (*controls, *CONSTANTS)):
        return
    place = "" if entry == name else f" in {shown(entry)}"
    what = "function" if called else "control"
    known = ", ".join(FUNCTIONS if called else (*(controls or ["none is declared"]), "pi"))
    raise ProgramRejected(f"{name!r}{place} is no {what}; allowed: {known}", field=at)


def _check(node: ast.AST, entry: str, controls: Sequence[str], at: str, *, called: bool) -> None:
    if isinstance(node, ast.Name):
        _check_name(node.id, entry, controls, at, called=called)
        allowed = True
    elif isinstance(node, ast.Constant):
        allowed = is_number(node.value)
    elif isinstance(node, ast.BinOp):
        allowed = type(node.op) in _OPERATORS
    elif isinstance(node, ast.UnaryOp):
        allowed = isinstance(node.op, ast.USub | ast.UAdd)
    elif isinstance(node, ast.Call):
        plain = isinstance(node.func, ast.Name) and not node.keywords
        allowed = plain and len(node.args) == 1
    else:
        allowed = isinstance(node, ast.operator | ast.unaryop | ast.expr_context)
    if not allowed:
        _refuse(entry, "numbers, + - * / ** and parentheses", controls, at)


def _value(node: Any, columns: Mapping[str, FloatArray]) -> Any:
    if isinstance(node, ast.Constant):
        return np.float64(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return CONSTANTS[node.id] if node.id not in columns else columns[node.id]
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, columns)
        return -inner if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Call):
        return getattr(np, node.func.id)(_value(node.args[0], columns))  # type: ignore[attr-defined]
    operation = getattr(np, _OPERATORS[type(node.op)])
    return operation(_value(node.left, columns), _value(node.right, columns))
