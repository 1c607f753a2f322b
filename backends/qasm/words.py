"""Which words, files and brackets a program may have at all."""

from __future__ import annotations

from backends.qasm.library import FILES
from backends.qasm.tokens import MOST_DEPTH, REFUSED, QasmError, Token

READ = (
    "include, input, const, qubit, bit, gate definitions, gates, ctrl, negctrl, inv, pow, for, "
    "barrier, and measure at the end"
)
_FILES = frozenset(f'"{name}"' for name in FILES)
_CLOSING = {")": "(", "]": "[", "}": "{"}
_BRACKETS = frozenset("()[]{}")


def check_words(found: list[Token]) -> None:
    """Refuse statements that are never read, and files other than the standard gates.

    Raises:
        QasmError: Says which, on which line.
    """
    seen = {token.text for token in found}
    if seen & REFUSED:
        first = next(token for token in found if token.text in REFUSED)
        raise QasmError(f"{first.text} is not read; allowed: {READ}", first.line)
    if "include" not in seen and not any(text[0] == '"' for text in seen):
        return
    before = ""
    for token in found:
        if before == "include" and token.text not in _FILES:
            raise QasmError(f"include of another file; allowed: {', '.join(FILES)}", token.line)
        if token.kind == "text" and before != "include":
            raise QasmError("a quoted text; allowed: only after include", token.line)
        before = token.text


def check_nesting(found: list[Token]) -> None:
    """Refuse brackets that do not pair, or are too deep.

    Raises:
        QasmError: Says which, on which line.
    """
    opened: list[str] = []
    for _, text, line in [token for token in found if token.text in _BRACKETS]:
        if text not in _CLOSING:
            opened.append(text)
            if len(opened) > MOST_DEPTH:
                raise QasmError(
                    f"brackets more than {MOST_DEPTH} deep; allowed: {MOST_DEPTH}", line
                )
        elif not opened or opened.pop() != _CLOSING[text]:
            raise QasmError(f"{text} closes nothing; allowed: pairs", line)
    if opened:
        raise QasmError(f"{opened[-1]} is never closed; allowed: pairs", found[-1].line)
