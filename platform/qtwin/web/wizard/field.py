"""A field of a form that describes a system: what is typed, and where it goes in the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backends.systems.document import shown
from qtwin.web.typed import number
from qtwin.web.wizard.notation import plain

Read = Callable[[str], Any]
Show = Callable[[Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field.

    Attributes:
        at: Its place in the document, such as ``/parameters/hx``; its name in the form as well.
        kind: ``line``, ``lines``, ``code``, ``choice`` or ``flag``.
        unit: Shown beside the label.
        needed: Whether it may not be empty.
        computed: Whether names in it are controls.
        otherwise: What an empty field means.
        only: Another field and the values of it with which this one counts.
    """

    at: str
    label: str
    kind: str = "line"
    help: str = ""
    unit: str = ""
    needed: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    read: Read = number
    show: Show = plain
    computed: bool = False
    rows: int = 4
    otherwise: str = ""
    only: tuple[str, tuple[str, ...]] | None = None

    @property
    def id(self) -> str:
        return "f" + self.at.replace("/", "-").replace(":", "-")

    def counts(self, typed: Mapping[str, Sequence[str]]) -> bool:
        """Whether it does, as the others are."""
        if self.only is None:
            return True
        other, values = self.only
        return text_of(typed, other) in values

    def value(self, text: str) -> Any:
        """What was typed, for the document.

        Raises:
            ValueError: Names the field, what was typed, and what is allowed.
        """
        if self.kind == "flag":
            return True
        try:
            return self.read(text)
        except ValueError as error:
            raise ValueError(f"{self.label}: {error}") from None


def text_of(typed: Mapping[str, Sequence[str]], name: str) -> str:
    """The last text of a name, without what surrounds it; empty for none."""
    values = typed.get(name) or [""]
    return str(values[-1]).replace("\r\n", "\n").strip()


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{shown(text)}; allowed: a whole number") from None


def options(*values: str, **said: str) -> tuple[tuple[str, str], ...]:
    """Choices with their words; a value without words says them itself."""
    return tuple((value, said.get(value, value.replace("_", " "))) for value in values)


def put(document: dict[str, Any], at: str, value: Any) -> None:
    """Set what is at a place, and make the objects on the way."""
    *way, last = at.strip("/").split("/")
    for step in way:
        document = document.setdefault(step, {})
    document[last] = value


def got(document: Any, at: str) -> Any:
    """What is at a place; None for nothing."""
    for step in at.strip("/").split("/"):
        document = document.get(step) if isinstance(document, Mapping) else None
    return document
