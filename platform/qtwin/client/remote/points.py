"""Points as a request carries them: lists of numbers, exactly those that were given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Points: TypeAlias = ArrayLike
    """Shape (P,) with one control, (P, C) with several."""
else:
    Points: TypeAlias = Any


def plain(values: Any) -> Any:
    """Numbers of Python instead of arrays and their scalars; all that is no number as it is."""
    if hasattr(values, "tolist"):
        return values.tolist()
    if isinstance(values, Sequence) and not isinstance(values, str):
        return [plain(value) for value in values]
    return values


def given(**optional: Any) -> dict[str, Any]:
    """Those that are not empty: what is not said is left to the server."""
    return {name: value for name, value in optional.items() if value not in (None, "")}


def points_document(points: Any) -> list[Any]:
    """A list of points; a single number is one point."""
    found = plain(points)
    return found if isinstance(found, list) else [found]


def plain_document(value: Any) -> Any:
    """A JSON document without arrays in it."""
    if isinstance(value, Mapping):
        return {str(name): plain_document(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_document(one) for one in value]
    return plain(value)
