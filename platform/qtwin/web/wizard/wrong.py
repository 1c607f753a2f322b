"""What is wrong with a step, by the field that it is wrong in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rest_framework.exceptions import APIException

from qtwin.rest.problem import errors_of


@dataclass(slots=True)
class Wrong:
    """The first thing that is wrong with each field; the empty name is that of the whole step."""

    by_field: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, detail: str) -> None:
        """Note it, unless the field has something wrong already."""
        self.by_field.setdefault(name, detail)

    def pointed(self, pointer: str, detail: str, names: Iterable[str]) -> None:
        """Note it at the field in which a pointer points, or at the whole step with the pointer."""
        inside = [name for name in names if pointer == name or pointer.startswith(f"{name}/")]
        if not inside:
            self.add("", f"{pointer}: {detail}" if pointer else detail)
            return
        name = max(inside, key=len)
        rest = pointer[len(name) :]
        self.add(name, f"{_place(rest)}{detail}")

    def refused(self, error: APIException, names: Iterable[str]) -> None:
        """Note what a request would have been refused for."""
        for one in errors_of(error):
            self.pointed(one["pointer"], one["detail"], names)

    def __bool__(self) -> bool:
        return bool(self.by_field)

    @property
    def general(self) -> str:
        return self.by_field.get("", "")


def _place(rest: str) -> str:
    """``/1/position/2`` as ``entry 2, position 3: ``."""
    steps = rest.strip("/").split("/")
    if not rest:
        return ""
    words: list[str] = []
    for index, step in enumerate(steps):
        if step.isdecimal():
            alone = index == 0 or words[-1].endswith(tuple("0123456789"))
            words.append(f"entry {int(step) + 1}" if alone else f"{words.pop()} {int(step) + 1}")
        else:
            words.append(step)
    return ", ".join(words) + ": "
