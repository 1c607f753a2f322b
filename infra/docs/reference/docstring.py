"""Docstrings in Google's style as Markdown."""

from __future__ import annotations

import inspect
import re
from typing import Any, Final

_SECTION: Final = re.compile(r"^(Args|Attributes|Raises|Returns|Yields):$")


def markdown(thing: Any) -> str:
    """The docstring of something, its sections as lists; empty where it has none."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    parts: list[str] = []
    entries = False
    for line in lines:
        section = _SECTION.match(line)
        if section:
            entries = True
            parts += ["", f"*{section[1]}*", ""]
        elif entries and line.startswith("    "):
            parts.append(_entry(line))
        else:
            entries = entries and not line
            parts.append(line)
    return _with_literals("\n".join(parts).strip()) + "\n\n"


def _entry(line: str) -> str:
    """One line of a section: an entry, or the next line of one."""
    if line.startswith("        "):
        return "  " + line.strip()
    name, colon, text = line.strip().partition(": ")
    simple = colon and re.fullmatch(r"[\w*.\[\], ]+", name)
    return f"- `{name}`: {text}" if simple else f"- {line.strip()}"


def _with_literals(text: str) -> str:
    return text.replace("``", "`")
