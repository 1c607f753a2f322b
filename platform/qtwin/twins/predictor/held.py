"""Fits that a process holds, as long as they are not too large together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Generic, TypeVar

import numpy as np

T = TypeVar("T")
Arrays = Iterator[np.ndarray[Any, Any]]


class Held(Generic[T]):
    """The last used ones; however large, the very last one.

    A fit of a thousand measurements is hundreds of times as large as one of ten, so to count
    them would bound nothing.

    Args:
        most_bytes: Of their arrays, which grow as questions are answered.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[Hashable, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The one of a key; a new one makes room by those unused for longest."""
        if key not in self._held:
            self._held[key] = make()
            self._make_room()
        self._held.move_to_end(key)
        return self._held[key]

    def _make_room(self) -> None:
        sizes = [size_of(one) for one in self._held.values()]
        for size in sizes[:-1]:
            if sum(sizes) <= self._most:
                return
            self._held.popitem(last=False)
            sizes.remove(size)


def size_of(thing: object) -> int:
    """Bytes of all arrays that a value leads to, each counted once."""
    return sum({id(array): array.nbytes for array in _arrays(thing, set())}.values())


def _arrays(thing: object, seen: set[int]) -> Arrays:
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        yield thing if thing.base is None or not isinstance(thing.base, np.ndarray) else thing.base
    else:
        for inner in _within(thing):
            yield from _arrays(inner, seen)


def _within(thing: object) -> Iterator[object]:
    if isinstance(thing, Mapping):
        yield from thing.values()
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from thing
    elif type(thing).__module__.startswith("qtwin."):
        yield from getattr(thing, "__dict__", {}).values()
        if is_dataclass(thing):
            yield from (getattr(thing, each.name, None) for each in fields(thing))
