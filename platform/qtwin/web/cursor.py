"""Pages of rows, newest first: a page begins after the row that the last one ended with."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from qtwin.campaigns.models import Campaign
from qtwin.jobs.models import Job

PAGE = 50
Row = TypeVar("Row", Job, Campaign)


def page_of(rows: QuerySet[Row], after: str) -> tuple[list[Row], str]:
    """A page and the cursor of the next one, which is empty at the end."""
    last = _row(rows, after)
    if last is not None:
        older = Q(created_at__lt=last.created_at)
        rows = rows.filter(older | Q(created_at=last.created_at, pk__lt=last.pk))
    page = list(rows[: PAGE + 1])
    return page[:PAGE], str(page[PAGE - 1].pk) if len(page) > PAGE else ""


def _row(rows: QuerySet[Row], after: str) -> Row | None:
    try:
        return rows.filter(pk=UUID(after)).first()
    except ValueError:
        return None
