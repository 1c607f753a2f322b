"""Words, numbers and signs of a program, each with its line."""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_BYTES = 65_536
MOST_TOKENS = 50_000
MOST_COMMENTS = 5_000
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
_LETTER = r"A-Za-z_\u03b1-\u03c9\u2107"
_TOKEN = re.compile(
    r"[ \t\r]+|\n"
    rf"|[{_LETTER}][0-9{_LETTER}]*"
    r"|(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?"
    r"|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/"
    r"|\*\*|->|[-+*%()\[\]{},;:=@]|/(?!\*)"
    r'|"[^"\n]*"'
)
_KINDS = {
    **dict.fromkeys("0123456789.", "number"),
    **dict.fromkeys("-+*/%()[]{},;:=@", "sign"),
    '"': "text",
}


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
    raw = _TOKEN.findall(program)
    found: list[Token] = []
    line = 1
    if len(raw) - raw.count(" ") - raw.count("\n") > MOST_TOKENS + MOST_COMMENTS:
        raise QasmError(f"too many words, numbers and signs; allowed: {MOST_TOKENS}", line)
    for text in raw:
        first = text[0]
        if first == "\n":
            line += 1
        elif first == "/" and len(text) > 1:
            line += text.count("\n")
        elif first not in " \t\r":
            found.append(Token(_KINDS.get(first, "word"), text, line))
    if sum(map(len, raw)) < len(program):
        raise _strange(program)
    if len(found) > MOST_TOKENS:
        raise QasmError(
            f"{len(found)} words, numbers and signs; allowed: {MOST_TOKENS}",
            found[MOST_TOKENS].line,
        )
    return found


def shown(text: str) -> str:
    """A short, printable form of a piece of the program."""
    return ascii(text if len(text) <= SHOWN else text[: SHOWN - 3] + "...")


def _strange(program: str) -> QasmError:
    """Says which is the first character that begins no token."""
    at = 0
    for match in _TOKEN.finditer(program):
        if match.start() > at:
            break
        at = match.end()
    line = program.count("\n", 0, at) + 1
    for start, what in (("/*", "a comment without an end"), ('"', "a text without an end")):
        if program.startswith(start, at):
            return QasmError(f"{what}; allowed: one that ends", line)
    return QasmError(
        f"the character {program[at]!a} is not allowed; allowed: ASCII letters, digits, "
        "small Greek letters and + - * / % ( ) [ ] { } , ; : = @",
        line,
    )
