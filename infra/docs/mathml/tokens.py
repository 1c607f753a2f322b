"""A formula as words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[^\s]", re.DOTALL)


class UnknownTex(ValueError):
    """A formula that the site cannot show."""


class Tokens:
    """Words that are looked at one ahead."""

    def __init__(self, text: str) -> None:
        self._words: Iterator[str] = (match[0] for match in _TOKEN.finditer(text))
        self.text = text
        self.next: str | None = next(self._words, None)

    def take(self, wanted: str | None = None) -> str:
        """The next word.

        Raises:
            UnknownTex: There is none, or another one than was wanted.
        """
        word = self.next
        if word is None or (wanted is not None and word != wanted):
            raise UnknownTex(f"{wanted or 'more'} expected instead of {word} in {self.text!r}")
        self.next = next(self._words, None)
        return word
