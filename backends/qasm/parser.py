"""Reads the statements of a program that `screen` has let through."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backends.qasm import arithmetic
from backends.qasm.library import BUILTIN, EXTRA, FILES, STANDARD
from backends.qasm.statements import WHOLE, Statements
from backends.qasm.syntax import Call, Definition, Statement, Syntax
from backends.qasm.tokens import QasmError, Token, shown

VERSIONS = ("3", "3.0", "3.1")
REAL = ("float", "angle")


def parse(found: Sequence[Token]) -> Syntax:
    """Read a whole program.

    Raises:
        QasmError: Says what is wrong, on which line, and what is allowed.
    """
    return _Parser(found).program()


class _Parser(Statements):
    def __init__(self, found: Sequence[Token]) -> None:
        super().__init__(found)
        self._registers: dict[str, tuple[int, int]] = {}
        self._inputs: list[str] = []

    def program(self) -> Syntax:
        reader = self._reader
        if reader.accept("OPENQASM"):
            version = reader.take()
            if version.text not in VERSIONS:
                raise QasmError(
                    f"OPENQASM {shown(version.text)}; allowed: {', '.join(VERSIONS)}", version.line
                )
            reader.expect(";")
        statements: list[Statement] = []
        while reader.peek().kind != "end":
            statements += self._outermost()
        return Syntax(
            registers=self._registers,
            inputs=tuple(self._inputs),
            constants=self._constants,
            definitions=self._definitions,
            library=self._library,
            statements=tuple(statements),
        )

    def _outermost(self) -> list[Statement]:
        """Read one statement; a declaration leaves none."""
        declarations: dict[str, Callable[[], list[Statement]]] = {
            "include": self._include,
            "input": self._input,
            "const": self._constant,
            "qubit": self._qubits,
            "qreg": self._qubits,
            "bit": self._classical,
            "creg": self._classical,
            "gate": self._gate,
        }
        read = declarations.get(self._reader.peek().text)
        return read() if read else self._statement()

    def _include(self) -> list[Statement]:
        self._reader.take()
        token = self._reader.take()
        if token.text.strip('"') not in FILES:
            raise QasmError(f"include; allowed: {', '.join(FILES)}", token.line)
        for name in self._definitions:
            if name in STANDARD:
                raise QasmError(f"{name} is defined before; allowed: another name", token.line)
        self._library |= STANDARD | {
            name: gate for name, gate in EXTRA.items() if name not in self._definitions
        }
        self._reader.expect(";")
        return []

    def _input(self) -> list[Statement]:
        self._reader.take()
        token = self._reader.take()
        if token.text not in REAL:
            raise QasmError(f"input {shown(token.text)}; allowed: {', '.join(REAL)}", token.line)
        self._width()
        self._inputs.append(self._new("an input"))
        self._reader.expect(";")
        return []

    def _constant(self) -> list[Statement]:
        self._reader.take()
        kind = self._reader.take()
        if kind.text not in (*WHOLE, *REAL):
            raise QasmError(
                f"const {shown(kind.text)}; allowed: {', '.join((*WHOLE, *REAL))}", kind.line
            )
        self._width()
        line, name = self._reader.line, self._new("a constant")
        self._reader.expect("=")
        whole = kind.text in WHOLE
        value = arithmetic.evaluate(arithmetic.read(self._reader), self._constants)
        if whole and not isinstance(value, int):
            raise QasmError(f"{name} = {value}; allowed: a whole number", line)
        self._constants[name] = value if whole else float(value)
        self._reader.expect(";")
        return []

    def _qubits(self) -> list[Statement]:
        self._register(self._registers, "qreg")
        return []

    def _classical(self) -> list[Statement]:
        ignored: dict[str, tuple[int, int]] = {}
        name, after = self._register(ignored, "creg", ends=False)
        self._bits.add(name)
        if not after and self._reader.accept("="):
            return self._measured()
        self._reader.expect(";")
        return []

    def _register(
        self, registers: dict[str, tuple[int, int]], old: str, *, ends: bool = True
    ) -> tuple[str, bool]:
        """Read ``qubit[n] q``, or ``qreg q[n]`` of older programs."""
        after = self._reader.take().text == old
        line, size = self._reader.line, 1
        if not after and self._reader.accept("["):
            size = self._size()
        name = self._new("a register")
        if after and self._reader.accept("["):
            size = self._size()
        if size < 1:
            raise QasmError(f"{name} has {size} places; allowed: 1 or more", line)
        registers[name] = (sum(count for _, count in registers.values()), size)
        if ends:
            self._reader.expect(";")
        return name, after

    def _size(self) -> int:
        size = arithmetic.integer(arithmetic.read(self._reader), self._constants, "a size")
        self._reader.expect("]")
        return size

    def _new(self, what: str) -> str:
        """Take a name that nothing has yet."""
        line, name = self._reader.line, self._reader.name(what)
        taken = (self._registers, self._inputs, self._bits, self._constants, self._definitions)
        if any(name in names for names in (*taken, arithmetic.CONSTANTS, BUILTIN)):
            raise QasmError(f"{shown(name)} is defined twice; allowed: another name", line)
        return name

    def _gate(self) -> list[Statement]:
        reader = self._reader
        line = reader.take().line
        name = self._new("a gate")
        if name in self._library:
            if name not in EXTRA:
                raise QasmError(f"{name} is a gate of the library; allowed: another name", line)
            del self._library[name]
        angles: list[str] = []
        if reader.accept("(") and not reader.accept(")"):
            angles = self._names("an angle")
            reader.expect(")")
        qubits = self._names("a qubit")
        _distinct([*angles, *qubits], line)
        reader.expect("{")
        body: list[Call] = []
        while not reader.accept("}"):
            for statement in self._statement():
                if not isinstance(statement, Call) or any(
                    operand.place is not None for operand in statement.operands
                ):
                    raise QasmError(
                        "a definition holds gates on its own qubits only; allowed: gates",
                        statement.line,
                    )
                body.append(statement)
        self._definitions[name] = Definition(tuple(angles), tuple(qubits), tuple(body), line)
        return []

    def _names(self, what: str) -> list[str]:
        names = [self._reader.name(what)]
        while self._reader.accept(","):
            names.append(self._reader.name(what))
        return names


def _distinct(names: list[str], line: int) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise QasmError(f"{shown(name)} is defined twice; allowed: another name", line)
        seen.add(name)
