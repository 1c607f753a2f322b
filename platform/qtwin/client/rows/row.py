"""Reading an answer into a frozen value, by the types of its fields.

Fields that the server does not send take their default; fields that are not known here stay
readable in ``document``, so that an older SDK can talk to a newer server.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self, Union, cast, get_args, get_origin, get_type_hints

from qtwin.client.wire.errors import Unreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:

    class Floats:
        """Numbers of any shape; a missing one is NaN."""


Reader = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Row:
    """One object of an answer; ``document`` holds all of it as it came."""

    document: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, document: Any) -> Self:
        """The value of a JSON object.

        Raises:
            Unreadable: It has not the form of this class.
        """
        if not isinstance(document, Mapping):
            raise Unreadable(f"{cls.__name__}: the server answered {document!r:.80}")
        try:
            known = {
                name: reader(document[name])
                for name, reader in _readers(cast("Any", cls)).items()
                if name in document
            }
        except (TypeError, ValueError) as error:
            raise Unreadable(f"{cls.__name__}: {error}") from error
        absent = _needed(cast("Any", cls)) - set(known)
        if absent:
            raise Unreadable(f"{cls.__name__}: the server did not say {', '.join(sorted(absent))}")
        return cls(**known, document=types.MappingProxyType(dict(document)))


@cache
def _readers(kind: Any) -> dict[str, Reader]:
    hints = get_type_hints(kind)
    return {one.name: reader(hints[one.name]) for one in fields(kind) if one.name != "document"}


@cache
def _needed(kind: Any) -> frozenset[str]:
    return frozenset(
        one.name
        for one in fields(kind)
        if one.default is MISSING and one.default_factory is MISSING
    )


def reader(hint: Any) -> Reader:
    """How JSON becomes a value of this type."""
    inner = get_args(hint)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        read = reader(next(one for one in inner if one is not type(None)))
        return lambda value: None if value is None else read(value)
    if origin is tuple:
        item = reader(inner[0])
        return lambda value: tuple(item(one) for one in _list(value))
    if origin is not None and issubclass(origin, Mapping):
        item = reader(inner[1])
        return lambda value: {str(name): item(one) for name, one in value.items()}
    if isinstance(hint, type) and issubclass(hint, Row):
        return hint.read
    return _PLAIN.get(hint, _same)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r:.80} is no list")
    return value


def _same(value: Any) -> Any:
    return value


def _moment(value: Any) -> datetime:
    return datetime.fromisoformat(value)


def _floats(value: Any) -> Any:
    import numpy as np

    return np.array(value, dtype=np.float64)


_PLAIN: dict[Any, Reader] = {float: float, datetime: _moment, Floats: _floats}
