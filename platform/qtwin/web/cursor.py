"""Pages of rows: a page begins after the row that the last one ended with."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from qtwin.campaigns.models import Campaign
from qtwin.jobs.models import Job
from qtwin.training.models import Classifier, Loop, Policy, World

PAGE = 50
NEWEST_FIRST = "-created_at"
Row = TypeVar("Row", Job, Campaign, World, Policy, Loop, Classifier)


def page_of(
    rows: QuerySet[Row],
    after: str,
    *,
    order: str = NEWEST_FIRST,
    whole: QuerySet[Row] | None = None,
) -> tuple[list[Row], str]:
    """A page and the cursor of the next one, which is empty at the end.

    The database sorts ids only, so that what a row needs besides is read for one page.

    Args:
        order: A column that is never null, with a minus for the greatest first; equals by id.
        whole: The same rows without a filter, from which those of the page are read.
    """
    sorted_rows = rows.order_by(order, "-pk" if order.startswith("-") else "pk")
    read = rows if whole is None else whole
    last = row_of(read, after)  # which the filter may have left behind since
    if last is not None:
        sorted_rows = sorted_rows.filter(_beyond(last, order))
    ids = list(sorted_rows.values_list("pk", flat=True)[: PAGE + 1])
    found = {row.pk: row for row in read.filter(pk__in=ids[:PAGE])}
    page = [found[pk] for pk in ids[:PAGE] if pk in found]
    return page, str(ids[PAGE - 1]) if len(ids) > PAGE else ""


def neighbours(
    rows: QuerySet[Row], row: Row, *, order: str = NEWEST_FIRST
) -> tuple[UUID | None, UUID | None]:
    """Ids of the rows before and after one in a list, None at its ends."""
    descends = order.startswith("-")
    turned = order[1:] if descends else f"-{order}"
    before, after = (
        rows.order_by(way, "-pk" if way.startswith("-") else "pk")
        .filter(_beyond(row, way))
        .values_list("pk", flat=True)
        .first()
        for way in (turned, order)
    )
    return before, after


def _beyond(last: Row, order: str) -> Q:
    """Rows that come after this one."""
    column, way = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    value = getattr(last, column)
    return Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": last.pk})


def row_of(rows: QuerySet[Row], text: str) -> Row | None:
    """The row that a cursor names, if it is one of these."""
    try:
        return rows.filter(pk=UUID(text)).first()
    except ValueError:
        return None
