"""Parameters of a lattice in words, and of one bond or site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backends.systems.coupling import Coupling


def said(name: str, coupling: Coupling) -> str:
    """``J = 1``, ``hx = field``, or how many values there are, and the disorder if there is any."""
    source: Any = coupling.source
    if isinstance(source, list):
        text = f"{name}: {len(source)} values, {_range(source)}"
    else:
        text = f"{name} = {_entry(source)}"
    if coupling.width is not None:
        text += f" ± {_entry(coupling.width.source)} of disorder"
    return text


def there(coupling: Coupling) -> bool:
    """Whether it is anything but 0 everywhere."""
    return coupling.width is not None or any(
        entry.names or entry.constant != 0 for entry in coupling.entries
    )


def at_place(couplings: Mapping[str, Coupling], place: int) -> str:
    """What the document says of one bond or site: ``J = 1, delta = 0.5``."""
    parts = []
    for name, coupling in couplings.items():
        entry = coupling.entries[place if len(coupling.entries) > 1 else 0]
        parts.append(f"{name} = {_entry(entry.source)}")
    return ", ".join(parts)


def _entry(source: float | str) -> str:
    return source if isinstance(source, str) else f"{source:.6g}"


def _range(source: list[Any]) -> str:
    values = [entry for entry in source if not isinstance(entry, str)]
    if len(values) < len(source):
        return "some of them expressions"
    return f"{min(values):.6g} to {max(values):.6g}"
