"""Things that know their server: one description of what they do, two ways to wait for it.

An `operation` is written once, as a flow. On a `Waits` it is an ordinary method; on an `Awaits` the
same method gives a coroutine. A `listing` is the same for rows that come page by page.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from qtwin.client.wire.drive import Awaiting, Blocking
from qtwin.client.wire.flow import Flow
from qtwin.client.wire.pages import AsyncRows, Listing, Rows

P = ParamSpec("P")
T = TypeVar("T")


class Waits:
    """Of the synchronous client."""

    _driver: Blocking

    def _list(self, listing: Listing[T]) -> Rows[T]:
        return Rows(self._driver, listing)


class Awaits:
    """Of the asynchronous client."""

    _driver: Awaiting

    def _list(self, listing: Listing[T]) -> AsyncRows[T]:
        return AsyncRows(self._driver, listing)


class Operation(Generic[P, T]):
    """A method whose body is a flow."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    @overload
    def __get__(self, it: None, owner: type[Any]) -> Callable[..., Any]: ...
    @overload
    def __get__(self, it: Waits, owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, it: Awaits, owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, it: Any, owner: type[Any]) -> Any:
        return self._call if it is None else self._call.__get__(it, owner)


class RowsOperation(Generic[P, T]):
    """A method whose body describes a list."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    @overload
    def __get__(self, it: None, owner: type[Any]) -> Callable[..., Any]: ...
    @overload
    def __get__(self, it: Waits, owner: type[Any]) -> Callable[P, Rows[T]]: ...
    @overload
    def __get__(self, it: Awaits, owner: type[Any]) -> Callable[P, AsyncRows[T]]: ...
    def __get__(self, it: Any, owner: type[Any]) -> Any:
        return self._call if it is None else self._call.__get__(it, owner)


def operation(flow: Callable[Concatenate[Any, P], Flow[T]]) -> Operation[P, T]:
    """Make a method of a flow."""

    @functools.wraps(flow)
    def call(it: Any, *args: P.args, **named: P.kwargs) -> Any:
        return it._driver.run(flow(it, *args, **named))

    return Operation(call)


def listing(describe: Callable[Concatenate[Any, P], Listing[T]]) -> RowsOperation[P, T]:
    """Make a method of the description of a list."""

    @functools.wraps(describe)
    def call(it: Any, *args: P.args, **named: P.kwargs) -> Any:
        return it._list(describe(it, *args, **named))

    return RowsOperation(call)
