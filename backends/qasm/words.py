"""Which words, files and brackets a program may have at all."""

from __future__ import annotations

from backends.qasm.library import FILES
from backends.qasm.tokens import MOST_DEPTH, REFUSED, QasmError, Token

READ = (
    "include, input, const, qubit, bit, gate definitions, gates, ctrl, negctrl, inv, pow, for, "
    "barrier, and measure at the end"
)
_CLOSING = {")": "(", "]": "[", "}": "{"}


def check_words(found: list[Token]) -> None:
    """Refuse statements that are never read, and files other than the standard gates.

    Raises:
        QasmError: Says which, on which line.
    """
    files, before = {f'"{name}"' for name in FILES}, ""
    for token in found:
        _, text, line = token
        if text in REFUSED:
            raise QasmError(f"{text} is not read; allowed: {READ}", line)
        if before == "include" and text not in files:
            raise QasmError(f"include of another file; allowed: {', '.join(FILES)}", line)
        if token.kind == "text" and before != "include":
            raise QasmError("a quoted text; allowed: only after include", line)
        before = text


def check_nesting(found: list[Token]) -> None:
    """Refuse brackets that do not pair, or are too deep.

    Raises:
        QasmError: Says which, on which line.
    """
    opened: list[str] = []
    for _, text, line in found:
        if text in "([{":
            opened.append(text)
            if len(opened) > MOST_DEPTH:
                raise QasmError(
                    f"brackets more than {MOST_DEPTH} deep; allowed: {MOST_DEPTH}", line
                )
        elif text in _CLOSING and (not opened or opened.pop() != _CLOSING[text]):
            raise QasmError(f"{text} closes nothing; allowed: pairs", line)
    if opened:
        raise QasmError(f"{opened[-1]} is never closed; allowed: pairs", found[-1].line)
