"""Reads the statements of a program: what may stand in loops too."""

from __future__ import annotations

from collections.abc import Sequence

from backends.qasm import arithmetic
from backends.qasm.arithmetic import Arithmetic, Value
from backends.qasm.library import BUILTIN
from backends.qasm.reader import Reader
from backends.qasm.syntax import Call, Definition, Loop, Measure, Modifier, Operand, Statement
from backends.qasm.tokens import KEYWORDS, QasmError, Token, shown
from backends.qasm.words import READ

WHOLE = ("int", "uint")
MODIFIERS = ("ctrl", "negctrl", "inv", "pow")
MOST_LOOPS = 16


class Statements:
    """Reads statements in the light of what is declared before them."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._reader = Reader(found)
        self._bits: set[str] = set()
        self._constants: dict[str, Value] = {}
        self._definitions: dict[str, Definition] = {}
        self._library = dict(BUILTIN)
        self._depth = 0

    def _statement(self) -> list[Statement]:
        """Read what may stand in a loop too."""
        token = self._reader.peek()
        if token.text == "for":
            return [self._loop()]
        if token.text == "barrier":
            self._reader.take()
            if self._reader.peek().text != ";":
                self._operands()
            self._reader.expect(";")
            return []
        if token.text == "measure":
            return self._measured()
        if token.text in self._bits:
            self._operand()
            self._reader.expect("=")
            return self._measured()
        return [self._call()]

    def _measured(self) -> list[Statement]:
        line = self._reader.line
        self._reader.expect("measure")
        operands = self._operands()
        if self._reader.accept("->"):
            self._operands()
        self._reader.expect(";")
        return [Measure(tuple(operands), line)]

    def _loop(self) -> Loop:
        reader = self._reader
        line = reader.take().line
        kind = reader.take()
        if kind.text not in WHOLE:
            raise QasmError(f"for {shown(kind.text)}; allowed: {', '.join(WHOLE)}", kind.line)
        self._width()
        variable = reader.name("a loop variable")
        reader.expect("in")
        is_set = reader.accept("{")
        if not is_set:
            reader.expect("[")
        bounds = [arithmetic.read(reader)]
        while reader.accept("," if is_set else ":"):
            bounds.append(arithmetic.read(reader))
        reader.expect("}" if is_set else "]")
        if not is_set and len(bounds) not in {2, 3}:
            raise QasmError("a range; allowed: [first:last] or [first:step:last]", line)
        return Loop(variable, tuple(bounds), is_set, tuple(self._body(line)), line)

    def _body(self, line: int) -> list[Statement]:
        self._depth += 1
        if self._depth > MOST_LOOPS:
            raise QasmError(f"loops {self._depth} deep; allowed: {MOST_LOOPS}", line)
        body: list[Statement] = []
        if self._reader.accept("{"):
            while not self._reader.accept("}"):
                body += self._statement()
        else:
            body += self._statement()
        self._depth -= 1
        return body

    def _call(self) -> Call:
        reader = self._reader
        line = reader.line
        modifiers = []
        while reader.peek().text in MODIFIERS:
            modifiers.append(self._modifier())
        token = reader.take()
        if token.text not in self._library and token.text not in self._definitions:
            raise self._unknown(token)
        angles: list[Arithmetic] = []
        if reader.accept("(") and not reader.accept(")"):
            angles = [arithmetic.read(reader)]
            while reader.accept(","):
                angles.append(arithmetic.read(reader))
            reader.expect(")")
        operands = [] if reader.peek().text == ";" else self._operands()
        reader.expect(";")
        return Call(token.text, tuple(modifiers), tuple(angles), tuple(operands), line)

    def _unknown(self, token: Token) -> QasmError:
        if token.kind != "word" or token.text in KEYWORDS:
            return QasmError(f"{shown(token.text)} is not read; allowed: {READ}", token.line)
        hint = 'include "stdgates.inc"; and its gates' if "h" not in self._library else ""
        known = hint or ", ".join(sorted(self._library))
        own = ", ".join(list(self._definitions)[:20])
        return QasmError(
            f"{shown(token.text)} is no gate that is defined before; allowed: {known}"
            + (f", {own}" if own else ""),
            token.line,
        )

    def _modifier(self) -> Modifier:
        kind = self._reader.take()
        number = None
        if kind.text != "inv" and self._reader.accept("("):
            number = arithmetic.read(self._reader)
            self._reader.expect(")")
        if kind.text == "pow" and number is None:
            raise QasmError("pow without its exponent; allowed: pow(2) and so on", kind.line)
        self._reader.expect("@")
        return Modifier(kind.text, number)

    def _operands(self) -> list[Operand]:
        operands = [self._operand()]
        while self._reader.accept(","):
            operands.append(self._operand())
        return operands

    def _operand(self) -> Operand:
        line, name = self._reader.line, self._reader.name("a register or a qubit")
        index = None
        if self._reader.accept("["):
            index = arithmetic.read(self._reader)
            self._reader.expect("]")
        return Operand(name, index, line)

    def _width(self) -> None:
        """Skip the number of bits of a type."""
        if self._reader.accept("["):
            arithmetic.integer(arithmetic.read(self._reader), self._constants, "a number of bits")
            self._reader.expect("]")
