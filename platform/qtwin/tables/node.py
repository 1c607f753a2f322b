"""JSON that remembers where each value stands, so that every refusal names line and column."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from qtwin.tables.refusal import FileRefused
from qtwin.tables.text import quoted, read_text, suggestion

LARGEST = 1e100
"""Largest size of a number, so that no square of one overflows."""

_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(parse_int=float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One value of a JSON document.

    Attributes:
        value: The value; numbers are floats.
        members: Of an object, by key.
        items: Of an array.
        file: Name of the file.
        text: The whole document.
        at: Offset in the text.
        pointer: JSON pointer.
    """

    value: Any
    file: str
    text: str
    at: int
    pointer: str
    members: Mapping[str, Node] = field(default_factory=dict)
    items: tuple[Node, ...] = ()

    def refuse(self, message: str) -> NoReturn:
        """Refuse the document here.

        Raises:
            FileRefused: Always.
        """
        raise _refusal(message, self.file, self.text, self.at, self.pointer)

    def wrong(self, allowed: str) -> NoReturn:
        """Refuse the value; it is shown as it is written."""
        self.refuse(f"{quoted(self.value)}; allowed: {allowed}")

    def object(self, *, needed: tuple[str, ...] = (), optional: tuple[str, ...] = ()) -> None:
        """Be an object with these keys and no others."""
        if not isinstance(self.value, dict):
            self.wrong("an object")
        known = [*needed, *optional]
        for key, member in self.members.items():
            if key not in known:
                hint = suggestion(key, known)
                member.refuse(f"unknown key {quoted(key)}{hint}; allowed: {', '.join(known)}")
        for key in needed:
            if key not in self.members:
                self.refuse(f"{key!r} is missing; needed: {', '.join(needed)}")

    def number(self, allowed: str = "a finite number") -> float:
        """Be a finite number."""
        if not isinstance(self.value, float) or not abs(self.value) <= LARGEST:
            self.wrong(allowed)
        return self.value

    def boolean(self) -> bool:
        """Be true or false."""
        if not isinstance(self.value, bool):
            self.wrong("true, false")
        return self.value

    def name(self) -> str:
        """Be a short printable text."""
        text = self.value
        if not isinstance(text, str) or not re.fullmatch(
            r"(?! )[^\x00-\x1f\x7f]{1,100}(?<! )", text
        ):
            self.wrong("1 to 100 printable characters without blanks around them")
        return str(text)

    def choice(self, allowed: list[str]) -> str:
        """Be one of these words."""
        if not isinstance(self.value, str) or self.value not in allowed:
            hint = suggestion(str(self.value), allowed)
            self.refuse(f"{quoted(self.value)}{hint}; allowed: {', '.join(allowed)}")
        return self.value

    def range(self) -> tuple[Node, Node]:
        """Be a pair."""
        if len(self.items) != 2:
            self.wrong("[lower, upper]")
        return self.items[0], self.items[1]


def read_json(file: str) -> Node:
    """The JSON document in a file.

    Raises:
        FileRefused: It is no JSON, names a key twice, or holds a number that is not finite.
    """
    return json_of(file, read_text(file))


def json_of(file: str, text: str) -> Node:
    """The JSON document in a text; ``file`` is its name in errors.

    Raises:
        FileRefused: As `read_json`.
    """
    try:
        _DECODER.decode(text)
        return _node(file, text, _skip(text, 0), "")[0]
    except json.JSONDecodeError as error:
        raise _refusal(f"not JSON: {error.msg}", file, text, error.pos, "") from error
    except RecursionError as error:
        raise FileRefused("nested too deeply", file=file) from error


def _refusal(message: str, file: str, text: str, at: int, pointer: str) -> FileRefused:
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return FileRefused(message, file=file, line=line, column=column, name=pointer)


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _node(file: str, text: str, at: int, pointer: str) -> tuple[Node, int]:
    """The value at an offset of valid JSON, and the offset after it."""
    if text[at] == "{":
        return _object(file, text, at, pointer)
    if text[at] == "[":
        return _array(file, text, at, pointer)
    value, end = _DECODER.raw_decode(text, at)
    if isinstance(value, float) and not np.isfinite(value):
        raise _refusal(f"{quoted(text[at:end])}; allowed: a finite number", file, text, at, pointer)
    return Node(value=value, file=file, text=text, at=at, pointer=pointer), end


def _object(file: str, text: str, start: int, pointer: str) -> tuple[Node, int]:
    members: dict[str, Node] = {}
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, end = _DECODER.raw_decode(text, at)
        where = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if key in members:
            raise _refusal(f"key {quoted(key)} is given twice", file, text, at, where)
        members[key], end = _node(file, text, _skip(text, _skip(text, end) + 1), where)
        at = _next(text, end)
    value = {key: member.value for key, member in members.items()}
    node = Node(value=value, members=members, file=file, text=text, at=start, pointer=pointer)
    return node, at + 1


def _array(file: str, text: str, start: int, pointer: str) -> tuple[Node, int]:
    items: list[Node] = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        item, end = _node(file, text, at, f"{pointer}/{len(items)}")
        items.append(item)
        at = _next(text, end)
    value = [item.value for item in items]
    node = Node(value=value, items=tuple(items), file=file, text=text, at=start, pointer=pointer)
    return node, at + 1


def _next(text: str, end: int) -> int:
    at = _skip(text, end)
    return _skip(text, at + 1) if text[at] == "," else at
