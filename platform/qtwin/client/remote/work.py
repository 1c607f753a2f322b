"""What a server's worker makes: watch it, wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from qtwin.client.rows.training import WorkRow
from qtwin.client.shown.progress import shown
from qtwin.client.wire.ask import ask
from qtwin.client.wire.bound import operation
from qtwin.client.wire.flow import Flow, Request
from qtwin.client.wire.place import at
from qtwin.client.wire.wait import wait

RowT = TypeVar("RowT", bound=WorkRow)
Progress: TypeAlias = bool | Callable[[Any], None]


class WorkCore(Generic[RowT]):
    """All it keeps is the row that was seen last."""

    _driver: Any
    _place: ClassVar[str]
    _row: type[RowT]

    def __init__(self, driver: Any, row: RowT) -> None:
        self._driver, self.row = driver, row

    @property
    def id(self) -> str:
        return self.row.id

    @operation
    def status(self) -> Flow[RowT]:
        """As it is now."""
        return (yield from self._read(Request(path=at(self._place, self.id))))

    @operation
    def wait(self, timeout: float | None = None, progress: Progress = False) -> Flow[RowT]:
        """Wait until it has ended.

        Raises:
            TookTooLong: That took longer than ``timeout`` seconds; it goes on.
        """
        what = f"{self._place.removesuffix('s')} {self.id}"
        with shown(progress, what) as tell:
            self.row = yield from wait(
                at(self._place, self.id),
                self._row.read,
                lambda row: row.ended,
                what=what,
                timeout=timeout,
                progress=tell,
            )
        return self.row

    def _cancel(self) -> Flow[RowT]:
        path = at(self._place, self.id, verb="cancel")
        return (yield from self._read(Request(method="POST", path=path, repeatable=True)))

    def _read(self, request: Request) -> Flow[RowT]:
        self.row = self._row.read((yield from ask(request)))
        return self.row

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}: {self.row.state}>"
