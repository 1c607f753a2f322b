"""Fits that a process holds, as long as they are used and not too large together."""

from __future__ import annotations

import time
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
    them would bound nothing. Each fit is followed by another, after which nobody asks it.

    Args:
        most_bytes: Of their arrays, which grow as questions are answered.
        unused_s: Seconds after which one that was not used goes.
    """

    def __init__(
        self, most_bytes: int, unused_s: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._unused_s, self._clock = most_bytes, unused_s, clock
        self._held: OrderedDict[Hashable, T] = OrderedDict()
        self._used: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The one of a key; a new one makes room by those unused for longest."""
        self._forget(but=key)
        if key not in self._held:
            self._held[key] = make()
            self._make_room()
        self._held.move_to_end(key)
        self._used[key] = self._clock()
        return self._held[key]

    def _forget(self, but: Hashable) -> None:
        """Let go of all that nobody has asked for lately."""
        oldest = self._clock() - self._unused_s
        for key in [key for key, used in self._used.items() if used < oldest and key != but]:
            self._let_go(key)

    def _make_room(self) -> None:
        sizes = {key: size_of(one) for key, one in self._held.items()}
        for key in list(sizes)[:-1]:
            if sum(sizes.values()) <= self._most:
                return
            self._let_go(key)
            del sizes[key]

    def _let_go(self, key: Hashable) -> None:
        del self._held[key]
        self._used.pop(key, None)


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
