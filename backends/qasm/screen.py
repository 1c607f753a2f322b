"""What may be known of a program from its tokens alone, in linear time.

Nothing is expanded: a gate of the program's own costs what its body costs, and a loop its body
times its turns.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from backends.qasm import arithmetic
from backends.qasm.arithmetic import Value
from backends.qasm.cost import MUCH, Block, Cost, standard
from backends.qasm.library import BUILTIN, EXTRA, STANDARD
from backends.qasm.reader import Reader
from backends.qasm.tokens import (
    MOST_DEPTH,
    MOST_GATES,
    MOST_QUBITS,
    QasmError,
    Token,
    shown,
    tokens,
)
from backends.qasm.words import check_nesting, check_words

TYPES = frozenset({"int", "uint", "float", "angle"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What a program has.

    Attributes:
        inputs: Names in the order of declaration.
        gates: How many it expands into; at least so many where a loop's bounds are not known
            beforehand.
        clifford: Whether it is a Clifford circuit whatever its angles are.
    """

    qubits: int
    inputs: tuple[str, ...]
    gates: int
    clifford: bool


@lru_cache(maxsize=16)
def screen(program: str) -> Screened:
    """Look at a program without parsing it.

    Raises:
        QasmError: Says what is refused, on which line, and what is allowed.
    """
    found = tokens(program)
    check_words(found)
    check_nesting(found)
    return _Screen(found).run()


class _Screen:
    def __init__(self, found: list[Token]) -> None:
        self._reader = Reader(found)
        self._blocks = [Block()]
        self._registers: dict[str, int] = {}
        self._inputs: dict[str, int] = {}
        self._constants: dict[str, Value] = {}
        self._library = dict(BUILTIN)
        self._costs: dict[str, Cost] = {}
        self._uses = Counter(token.text for token in found)

    def run(self) -> Screened:
        while self._reader.peek().kind != "end":
            self._statement()
        for name, line in self._inputs.items():
            if self._uses[name] < 2:
                raise QasmError(f"the input {name} is used nowhere; allowed: used inputs", line)
        if not self._registers:
            raise QasmError("there are no qubits; allowed: 1 or more", 1)
        gates = self._blocks[0].gates[0]
        if gates > MOST_GATES:
            raise QasmError(
                f"it expands into {gates:.3g} gates; allowed: {MOST_GATES}", self._reader.line
            )
        return Screened(
            qubits=sum(self._registers.values()),
            inputs=tuple(self._inputs),
            gates=gates,
            clifford=self._blocks[0].clifford,
        )

    def _statement(self) -> None:
        reader = self._reader
        word = reader.peek().text
        if word == "}":
            reader.take()
            self._end()
        elif word == "gate":
            reader.take()
            self._blocks.append(Block(gate=reader.name("a gate")))
            self._skip("{")
        elif word == "for":
            self._loop()
            return
        elif word in {"const", "input", "qubit", "qreg"}:
            reader.take()
            getattr(self, f"_{word}")()
            self._skip(";")
        else:
            self._other(word)
        while self._blocks[-1].alone:
            self._end()

    def _other(self, word: str) -> None:
        """A gate that is applied, or what costs nothing."""
        if word == "include":
            new = STANDARD | EXTRA
            self._library |= {name: new[name] for name in new if name not in self._costs}
        if word in {"include", "OPENQASM", "bit", "creg", "barrier", "measure"}:
            self._skip(";")
        elif self._reader.peek(1).text in {"=", "["} and not self._known(word):
            self._skip(";")  # a bit that is measured into
        else:
            self._call()

    def _skip(self, until: str) -> None:
        """Take what is left of a statement."""
        while True:
            token = self._reader.take()
            if token.text == until:
                return
            if token.kind == "end" or token.text in {"{", "}", ";"}:
                raise QasmError(f"{shown(token.text)} instead of {until}", token.line)

    def _const(self) -> None:
        self._type()
        name = self._reader.name("a constant")
        self._reader.expect("=")
        self._constants[name] = arithmetic.evaluate(arithmetic.read(self._reader), self._constants)

    def _input(self) -> None:
        self._type()
        line, name = self._reader.line, self._reader.name("an input")
        self._inputs[name] = line

    def _type(self) -> None:
        token = self._reader.take()
        if token.text not in TYPES:
            raise QasmError(f"{shown(token.text)}; allowed: {', '.join(sorted(TYPES))}", token.line)
        if self._reader.accept("["):
            self._skip("]")

    def _qubit(self) -> None:
        size = self._size() if self._reader.peek().text == "[" else 1
        self._declare(self._reader.name("a register"), size)

    def _qreg(self) -> None:
        name = self._reader.name("a register")
        self._declare(name, self._size() if self._reader.peek().text == "[" else 1)

    def _size(self) -> int:
        self._reader.expect("[")
        size = arithmetic.integer(arithmetic.read(self._reader), self._constants, "a size")
        self._reader.expect("]")
        return size

    def _declare(self, name: str, size: int) -> None:
        self._registers[name] = size
        together = sum(self._registers.values())
        if size < 1 or together > MOST_QUBITS:
            raise QasmError(
                f"{name} has {size} qubits, {together} with those before; allowed: 1 to "
                f"{MOST_QUBITS} together",
                self._reader.line,
            )

    def _loop(self) -> None:
        reader = self._reader
        while reader.take().text != "in":
            if reader.peek().kind == "end":
                raise QasmError("for without in; allowed: for int i in [0:3]", reader.line)
        turns = self._turns(is_set=reader.accept("{"))
        self._blocks.append(Block(turns=turns, alone=not reader.accept("{")))
        if len(self._blocks) > MOST_DEPTH:
            raise QasmError(f"more than {MOST_DEPTH} blocks deep", reader.line)

    def _turns(self, *, is_set: bool) -> int:
        """How often a loop runs; 1 where that is not known beforehand."""
        reader = self._reader
        if not is_set:
            reader.expect("[")
        bounds = [arithmetic.read(reader)]
        while reader.accept("," if is_set else ":"):
            bounds.append(arithmetic.read(reader))
        reader.expect("}" if is_set else "]")
        if is_set:
            return len(bounds)
        try:
            values = [arithmetic.integer(bound, self._constants, "a bound") for bound in bounds]
        except QasmError:
            return 1
        step = values[1] if len(values) == 3 else 1
        return max(0, (values[-1] - values[0]) // step + 1) if step else 1

    def _call(self) -> None:
        reader, line = self._reader, self._reader.line
        controls, flips, times = 0, 0, 1
        while reader.peek().text in {"ctrl", "negctrl", "inv", "pow"}:
            kind, number = reader.take().text, self._number()
            reader.expect("@")
            controls += number if kind in {"ctrl", "negctrl"} else 0
            flips += 2 * number if kind == "negctrl" else 0
            times *= abs(number) if kind == "pow" else 1
        name = reader.take().text
        if not self._known(name):
            raise QasmError(
                f"{shown(name)} is no gate that is defined before; allowed: "
                + ", ".join([*self._library, *self._costs][:60]),
                line,
            )
        library = self._library.get(name)
        cost = standard(library, controls) if library else self._costs[name].controlled(controls)
        width = self._width()
        self._add(cost, times=min(times, MUCH) * width, more=flips * width)

    def _known(self, name: str) -> bool:
        return name in self._library or name in self._costs

    def _number(self) -> int:
        """The number of a modifier; 1 where it is not known beforehand."""
        if not self._reader.accept("("):
            return 1
        try:
            number = arithmetic.integer(arithmetic.read(self._reader), self._constants, "it")
        except QasmError:
            number = 1
        self._reader.expect(")")
        return number

    def _width(self) -> int:
        """How many times a gate is applied to the registers that follow."""
        most = 1
        while True:
            token = self._reader.take()
            if token.text == ";":
                return most
            if token.kind == "end" or token.text in {"{", "}"}:
                raise QasmError(f"{shown(token.text)} instead of ;", token.line)
            if self._reader.peek().text in {",", ";"}:
                most = max(most, self._registers.get(token.text, 1))

    def _add(self, cost: Cost, *, times: int, more: int = 0) -> None:
        block = self._blocks[-1]
        block.add(cost, times=times, more=more)
        if block.depth >= MOST_DEPTH:
            raise QasmError(f"gates in gates {MOST_DEPTH} deep; allowed: fewer", self._reader.line)

    def _end(self) -> None:
        """Close a block and add it to what is around it."""
        if len(self._blocks) == 1:
            raise QasmError("} closes nothing; allowed: pairs", self._reader.line)
        block = self._blocks.pop()
        cost = block.cost()
        if block.gate:
            self._library.pop(block.gate, None)
            self._costs[block.gate] = cost._replace(depth=cost.depth + 1)
        else:
            self._add(cost, times=block.turns)
