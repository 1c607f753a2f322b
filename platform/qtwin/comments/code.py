"""Where a text is code, which is shown as it is and names nobody."""

from __future__ import annotations

import re
from collections.abc import Callable

CODE = re.compile(r"```[^\n`]*\n(?P<block>.*?)\n?```|`(?P<inline>[^`\n]+)`", re.DOTALL)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with what is no code changed."""
    parts, end = [], 0
    for found in CODE.finditer(text):
        parts += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, change(text[end:])])


def prose(text: str) -> str:
    """What of it is no code."""
    return CODE.sub(" ", text)
