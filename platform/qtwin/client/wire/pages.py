"""Lists that come in pages, read one page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import urlsplit

from qtwin.client.wire.ask import ask
from qtwin.client.wire.drive import Awaiting, Blocking
from qtwin.client.wire.errors import Unreadable
from qtwin.client.wire.flow import Flow, Request

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """Where a list is, and what its rows become."""

    path: str
    read: Callable[[Mapping[str, Any]], T]
    query: Mapping[str, Any] = field(default_factory=dict)
    paged: bool = True

    def first(self) -> Request:
        size = {"limit": PAGE} if self.paged else {}
        return Request(path=self.path, query={**size, **self.query})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    rows: tuple[T, ...]
    following: Request | None


def page(listing: Listing[T], request: Request) -> Flow[Page[T]]:
    """One page."""
    document = yield from ask(request)
    if not isinstance(document, dict) or not isinstance(document.get("results"), list):
        raise Unreadable(f"{request.path} answered no list")
    rows = tuple(listing.read(row) for row in document["results"])
    address = document.get("next")
    return Page(rows=rows, following=_following(address) if address else None)


def every(listing: Listing[T]) -> Flow[tuple[T, ...]]:
    """All rows."""
    rows: list[T] = []
    request: Request | None = listing.first()
    while request is not None:
        found = yield from page(listing, request)
        rows += found.rows
        request = found.following
    return tuple(rows)


def _following(address: str) -> Request:
    """On the server that was asked: the token goes to no other, whatever an answer says."""
    parts = urlsplit(address)
    return Request(path=f"{parts.path}?{parts.query}")


class Rows(Generic[T]):
    """Rows of a list: iterated over, they are fetched page by page."""

    def __init__(self, driver: Blocking, listing: Listing[T]) -> None:
        self._driver, self._listing = driver, listing

    def __iter__(self) -> Iterator[T]:
        request: Request | None = self._listing.first()
        while request is not None:
            found = self._driver.run(page(self._listing, request))
            yield from found.rows
            request = found.following

    def to_pandas(self) -> pd.DataFrame:
        """A table of all rows."""
        from qtwin.client.shown.frame import frame

        return frame(self)

    def _repr_html_(self) -> str:
        from qtwin.client.shown.table import rows_table

        return rows_table(self)


class AsyncRows(Generic[T]):
    """The same for ``async for``."""

    def __init__(self, driver: Awaiting, listing: Listing[T]) -> None:
        self._driver, self._listing = driver, listing

    async def __aiter__(self) -> AsyncIterator[T]:
        request: Request | None = self._listing.first()
        while request is not None:
            found = await self._driver.run(page(self._listing, request))
            for row in found.rows:
                yield row
            request = found.following

    async def list(self) -> list[T]:
        return [row async for row in self]
