"""What a template of a project is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A system that people start from.

    Attributes:
        key: In addresses and drafts.
        what: A sentence about it.
        system: Its document.
        observables: Those that are worth knowing of it, the first one first.
        title: Of the project, until it is changed.
    """

    key: str
    title: str
    what: str
    system: Mapping[str, Any]
    observables: tuple[str, ...]

    @property
    def kind(self) -> str:
        return str(self.system["kind"])


def control(name: str, label: str, unit: str, lower: float, upper: float) -> dict[str, str | float]:
    """A control's part of a document."""
    return {"name": name, "label": label, "unit": unit, "lower": lower, "upper": upper}


def document(kind: str, *controls: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A system's document."""
    return {"kind": kind, "schema_version": 1, **fields, "controls": list(controls)}
