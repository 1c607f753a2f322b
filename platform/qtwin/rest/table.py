"""Rows of any number as CSV or Parquet, a few thousand of them in memory at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Model, Q, QuerySet
from django.http import StreamingHttpResponse
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from qtwin.rest.cells import line
from qtwin.rest.formats import CSV, CsvRenderer
from qtwin.rest.problem import PointedError

ROWS = 2000
READ = 2**18

Kind = Literal["text", "number", "count", "truth", "moment"]


class NotInstalled(APIException):
    """Well-formed, and this server cannot do it."""

    status_code = status.HTTP_501_NOT_IMPLEMENTED
    default_code = "not_installed"
    default_detail = "the server has no pyarrow (extra: parquet); allowed here: json, csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, what it holds, and how a row gives it (None: nothing there)."""

    name: str
    kind: Kind
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file that is not made yet.

    Attributes:
        name: Of the file.
        columns: In their order.
        rows: Of a model with ``created_at``.
    """

    name: str
    columns: Sequence[Column]
    rows: QuerySet[Any]

    def pages(self) -> Iterator[list[Model]]:
        """All rows, oldest first; rows that come meanwhile may be among them."""
        rows, last = self.rows.order_by("created_at", "pk"), None
        while True:
            page = list((rows if last is None else rows.filter(_after(last)))[:ROWS])
            if page:
                yield page
            if len(page) < ROWS:
                return
            last = page[-1]


def is_table(request: Request) -> bool:
    """Whether another form than JSON is wanted; all rows are in it."""
    if not isinstance(request.accepted_renderer, CsvRenderer):
        return False
    for name in ("cursor", "limit", "fields"):
        if name in request.query_params:
            raise PointedError(f"?{name}", "allowed: only with JSON, which comes in pages")
    return True


def table_response(request: Request, table: Table) -> StreamingHttpResponse:
    """The table in the form that was chosen."""
    form: Any = request.accepted_renderer
    chunks = _csv(table) if form.format == CSV else _read(_parquet(table))
    asynchronous = isinstance(request._request, ASGIRequest)
    name = f"{table.name}.{form.format}"
    return StreamingHttpResponse(
        _threaded(chunks) if asynchronous else chunks,
        content_type="text/csv; charset=utf-8" if form.format == CSV else form.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "Vary": "Accept",
        },
    )


def _after(last: Any) -> Q:
    return Q(created_at__gt=last.created_at) | Q(created_at=last.created_at, pk__gt=last.pk)


def _csv(table: Table) -> Iterator[bytes]:
    yield line([column.name for column in table.columns])
    for page in table.pages():
        yield b"".join(line([_text(column, row) for column in table.columns]) for row in page)


def _text(column: Column, row: Any) -> Any:
    value = column.read(row)
    if value is None:
        return None
    if column.kind == "number":
        return repr(float(value))
    if column.kind == "truth":
        return "true" if value else "false"
    return value.isoformat() if column.kind == "moment" else value


def _parquet(table: Table) -> IO[bytes]:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise NotInstalled from None
    kinds = {
        "text": arrow.string(),
        "number": arrow.float64(),
        "count": arrow.int64(),
        "truth": arrow.bool_(),
        "moment": arrow.timestamp("us", tz="UTC"),
    }
    schema = arrow.schema([(column.name, kinds[column.kind]) for column in table.columns])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    with parquet.ParquetWriter(file, schema) as writer:
        for page in table.pages():
            held = [[_value(column, row) for row in page] for column in table.columns]
            writer.write_table(arrow.table(held, schema=schema))
    file.seek(0)
    return file


def _value(column: Column, row: Any) -> Any:
    value = column.read(row)
    if value is None:
        return None
    return str(value) if column.kind == "text" else value


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(READ):
            yield chunk


async def _threaded(chunks: Iterator[bytes]) -> Any:
    """For an asynchronous server, which would gather all of a plain iterator first."""

    def following() -> bytes | None:
        return next(chunks, None)

    while (chunk := await sync_to_async(following)()) is not None:
        yield chunk
