"""Words, numbers and signs of a program, each with its line."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_BYTES = 65_536
MOST_TOKENS = 25_000
MOST_GATES = 100_000
MOST_DEPTH = 32
MOST_QUBITS = 1024
SHOWN = 40

REFUSED = frozenset(
    [
        *("reset", "if", "else", "while", "switch", "case", "default", "def", "defcal", "let"),
        *("defcalgrammar", "cal", "extern", "return", "box", "delay", "duration", "stretch"),
        *("bool", "complex", "array", "end", "break", "continue", "pragma", "nop", "output"),
        *("durationof", "sizeof", "readonly", "mutable", "void", "true", "false", "im", "opaque"),
    ]
)
"""Words of the language that no program may use here."""
KEYWORDS = REFUSED | frozenset(
    [
        *("OPENQASM", "include", "input", "const", "qubit", "qreg", "bit", "creg", "gate"),
        *("ctrl", "negctrl", "inv", "pow", "for", "in", "barrier", "measure"),
        *("int", "uint", "float", "angle"),
    ]
)
_PARTS = {
    "space": r"[ \t\r\n]+",
    "comment": r"//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/",
    "number": r"(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?",
    "word": r"[A-Za-z_\u03b1-\u03c9\u2107][A-Za-z0-9_\u03b1-\u03c9\u2107]*",
    "text": r'"[^"\n]*"',
    "sign": r"/\*|\*\*|->|[-+*/%()\[\]{},;:=@]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{part})" for kind, part in _PARTS.items()))


class QasmError(Exception):
    """What is wrong with a program, and on which line. The message is fit for a user."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")


class Token(NamedTuple):
    """A word, a number, a quoted text or a sign."""

    kind: str
    text: str
    line: int


def tokens(program: str) -> list[Token]:
    """The tokens of a program without spaces and comments, in linear time.

    Raises:
        QasmError: A character that is not allowed, or too many tokens.
    """
    found: list[Token] = []
    at, line = 0, 1
    for match in _TOKEN.finditer(program):
        kind, text = match.lastgroup, match.group()
        if match.start() != at or text == "/*":
            break
        if kind in {"space", "comment"}:
            line += text.count("\n")
        else:
            found.append(Token(kind or "", text, line))
        at = match.end()
        if len(found) > MOST_TOKENS:
            raise QasmError(
                f"more than {MOST_TOKENS} words, numbers and signs; allowed: {MOST_TOKENS}", line
            )
    if at < len(program):
        raise QasmError(_strange(program, at), line)
    return found


def shown(text: str) -> str:
    """A short, printable form of a piece of the program."""
    return ascii(text if len(text) <= SHOWN else text[: SHOWN - 3] + "...")


def _strange(program: str, at: int) -> str:
    for start, what in (("/*", "a comment without an end"), ('"', "a text without an end")):
        if program.startswith(start, at):
            return f"{what}; allowed: one that ends"
    return (
        f"the character {program[at]!a} is not allowed; allowed: ASCII letters, digits, "
        "small Greek letters and + - * / % ( ) [ ] { } , ; : = @"
    )
