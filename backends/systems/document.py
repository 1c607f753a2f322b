"""Reading a JSON document with errors that point at the field."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from backends.errors import ProgramRejected


class Document:
    """One JSON object and the JSON pointer at which it was found."""

    def __init__(self, value: Any, pointer: str = "") -> None:
        if not isinstance(value, Mapping):
            raise ProgramRejected(
                f"{shown(value)} is not allowed; allowed: an object", field=pointer
            )
        self._fields = value
        self._pointer = pointer

    def at(self, name: str) -> str:
        """JSON pointer of one field."""
        return f"{self._pointer}/{name}"

    def only(self, *names: str) -> None:
        """Refuse fields with other names."""
        for name in self._fields:
            if name not in names:
                allowed = ", ".join(dict.fromkeys(names))
                raise ProgramRejected(
                    f"unknown field {shown(name)}; allowed: {allowed}", field=self.at(str(name))
                )

    def text(self, name: str, default: str | None = None) -> str:
        value = self._get(name, default)
        if not isinstance(value, str) or not 0 < len(value) <= 200 or not value.isprintable():
            self._refuse(name, value, "a text of 1 to 200 printable characters")
        return value

    def long_text(self, name: str, most: int) -> str:
        """A text of up to ``most`` characters, for a parser to judge."""
        value = self._get(name, None)
        if not isinstance(value, str):
            self._refuse(name, value, f"a text of at most {most} characters")
        if len(value) > most:
            raise ProgramRejected(
                f"{name} has {len(value)} characters; allowed: at most {most}", field=self.at(name)
            )
        return value

    def choice(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        value = self._get(name, default)
        if not isinstance(value, str) or value not in allowed:
            self._refuse(name, value, ", ".join(allowed))
        return value

    def integer(self, name: str, low: int, high: int, default: int | None = None) -> int:
        value = self._get(name, default)
        if type(value) is not int or not low <= value <= high:
            allowed = f"an integer from {low} to {high}" if low < high else str(low)
            self._refuse(name, value, allowed)
        return value

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self._fields.get(name, default)
        if not isinstance(value, bool):
            self._refuse(name, value, "true, false")
        return value

    def number(self, name: str) -> float:
        value = self._get(name, None)
        if not is_number(value):
            self._refuse(name, value, "a finite number")
        return float(value)

    def document(self, name: str) -> Document:
        """An object; empty when it is not given."""
        return Document(self._fields.get(name, {}), self.at(name))

    def entry(self, name: str, default: Any) -> Any:
        """A value of any kind, for the caller to check."""
        return self._fields.get(name, default)

    def items(
        self, name: str, low: int, high: int, default: Sequence[Any] | None = None
    ) -> list[Any]:
        """A list of ``low`` to ``high`` entries."""
        value = self._get(name, default)
        if not isinstance(value, list | tuple) or not low <= len(value) <= high:
            count = f"{low} to {high}" if low < high else str(low)
            self._refuse(name, value, f"a list of {count} entries" if high else "an empty list")
        return list(value)

    def documents(
        self, name: str, low: int, high: int, default: Sequence[Any] | None = None
    ) -> list[Document]:
        """A list of ``low`` to ``high`` objects."""
        entries = self.items(name, low, high, default)
        return [Document(entry, f"{self.at(name)}/{i}") for i, entry in enumerate(entries)]

    def required(self, name: str) -> Any:
        """A value of any kind that must be there."""
        return self._get(name, None)

    def _get(self, name: str, default: Any) -> Any:
        if name not in self._fields and default is None:
            raise ProgramRejected(f"{name} is missing", field=self.at(name))
        return self._fields.get(name, default)

    def _refuse(self, name: str, value: Any, allowed: str) -> NoReturn:
        raise ProgramRejected(f"{name} = {shown(value)}; allowed: {allowed}", field=self.at(name))


def shown(value: Any) -> str:
    """A value as a refusal shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def is_number(value: Any) -> bool:
    """Whether a JSON value is a finite number; booleans are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
