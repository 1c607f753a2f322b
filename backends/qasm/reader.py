"""A place in a list of tokens."""

from __future__ import annotations

from collections.abc import Sequence

from backends.qasm.tokens import KEYWORDS, QasmError, Token, shown


class Reader:
    """Reads tokens one by one."""

    def __init__(self, found: Sequence[Token]) -> None:
        self._found = found
        self._at = 0
        self._end = Token("end", "the end", found[-1].line if found else 1)

    @property
    def line(self) -> int:
        """Line of the next token."""
        return self.peek().line

    def peek(self, ahead: int = 0) -> Token:
        """The next token, or one after it."""
        at = self._at + ahead
        return self._found[at] if at < len(self._found) else self._end

    def take(self) -> Token:
        """The next token, which is then behind."""
        token = self.peek()
        self._at += 1
        return token

    def accept(self, *texts: str) -> bool:
        """Take the next tokens if they are these."""
        if any(self.peek(i).text != text for i, text in enumerate(texts)):
            return False
        self._at += len(texts)
        return True

    def expect(self, text: str) -> None:
        """Take the next token, which must be this.

        Raises:
            QasmError: It is another.
        """
        token = self.take()
        if token.text != text:
            raise QasmError(f"{shown(token.text)} instead of {text}", token.line)

    def name(self, what: str) -> str:
        """Take a name that is not a word of the language.

        Raises:
            QasmError: It is something else.
        """
        token = self.take()
        if token.kind != "word" or token.text in KEYWORDS:
            raise QasmError(f"{shown(token.text)} where the name of {what} is expected", token.line)
        return token.text
